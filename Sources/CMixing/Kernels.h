// SPDX-License-Identifier: Apache-2.0

#ifndef CMIXING_KERNELS_H
#define CMIXING_KERNELS_H

#include "CMixing.h"

// Null where the processor or the target lacks the instructions.
const cmixing_kernels *cmixing_avx2_kernels(void);
const cmixing_kernels *cmixing_neon_kernels(void);

// An output's value within its limits.
static inline int16_t cmixing_output(int32_t sum) {
  return (int16_t)(sum > CMIXING_OUTPUT_LIMIT    ? CMIXING_OUTPUT_LIMIT
                   : sum < -CMIXING_OUTPUT_LIMIT ? -CMIXING_OUTPUT_LIMIT
                                                 : sum);
}

// The step of a mixer's selected weights: see cmixing_learn.
static inline int32_t cmixing_step(const cmixing_layer *layer, int32_t mixer, int32_t bit,
                                   int32_t rate) {
  int32_t uses = layer->weights[layer->offsets[mixer] + (uint32_t)layer->length - 1];
  if (uses < CMIXING_USES) rate += 80000 / (uses + 100);
  int32_t error = (bit ? 65535 : 0) - layer->squash[(layer->outputs[mixer] + 32768) >> 6];
  int32_t step = (error * rate + (1 << 13)) >> 14;
  return step > INT16_MAX ? INT16_MAX : step < -INT16_MAX ? -INT16_MAX : step;
}

// An adaptive probability after a bit: see cmixing_learn_contexts.
static inline uint32_t cmixing_moved(uint32_t entry, int32_t bit, uint32_t limit) {
  uint32_t n = entry & 1023;
  int32_t target = bit ? (1 << 22) - 1 : 0, p = (int32_t)(entry >> 10);
  p += (((target - p) >> 7) * (int32_t)(65536 / (2 * n + 3))) >> 8;
  return (uint32_t)p << 10 | (n < limit ? n + 1 : limit);
}

static inline void cmixing_count_use(const cmixing_layer *layer, int32_t mixer) {
  int16_t *uses = layer->weights + layer->offsets[mixer] + layer->length - 1;
  if (*uses < CMIXING_USES) ++*uses;
}

void cmixing_portable_predict_contexts(const cmixing_contexts *contexts, int32_t node);
void cmixing_portable_learn_contexts(const cmixing_contexts *contexts, int32_t node, int32_t bit,
                                     const uint8_t *next, uint32_t limit);

#endif
