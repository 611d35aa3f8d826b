// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include "Kernels.h"

// The length of the run of a bucket.
static uint8_t *run_count(uint8_t *bucket) {
  uintptr_t line = (uintptr_t)bucket & ~(uintptr_t)63;
  uintptr_t i = ((uintptr_t)bucket - line) >> 4;
  return (uint8_t *)line + 6 + 2 * i;
}

void cmixing_start_runs(const cmixing_runs *r, uint8_t *const *buckets) {
  for (int32_t i = 0; i < r->count; i++) {
    uint8_t *bucket = buckets[i];
    uint8_t n = *run_count(bucket);
    r->buckets[i] = bucket;
    r->expected[i] = n ? 256 | bucket[0] : 0;
    r->classes[i] = n < CMIXING_RUN_CLASSES ? n : CMIXING_RUN_CLASSES - 1;
  }
}

void cmixing_predict_runs(const cmixing_runs *r, int32_t node, int32_t position) {
  for (int32_t i = 0; i < r->count; i++) {
    int32_t e = r->expected[i];
    int32_t agrees = (e >> (8 - position)) == node;
    int32_t bit = e >> (7 - position) & 1;
    int32_t index = (CMIXING_RUN_CLASSES * i + r->classes[i]) * 2 + bit;
    int32_t v = r->stretch[r->entries[index] >> 20];
    r->inputs[i] = agrees ? (int16_t)v : 0;
    r->indexes[i] = agrees ? index : -1;
  }
}

void cmixing_learn_runs(const cmixing_runs *r, int32_t bit) {
  for (int32_t i = 0; i < r->count; i++) {
    int32_t index = r->indexes[i];
    if (index >= 0) r->entries[index] = cmixing_moved(r->entries[index], bit, 1023);
  }
}

void cmixing_end_runs(const cmixing_runs *r, int32_t byte) {
  for (int32_t i = 0; i < r->count; i++) {
    uint8_t *bucket = r->buckets[i];
    uint8_t *n = run_count(bucket);
    if (*n && bucket[0] == byte) {
      if (*n < 255) ++*n;
    } else {
      *n = 1;
      bucket[0] = (uint8_t)byte;
    }
  }
}
