// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include <stdatomic.h>

#include "Kernels.h"

static void mix(const cmixing_layer *layer) {
  const int16_t *x = layer->inputs;
  for (int32_t m = 0; m < layer->mixer_count; m++) {
    const int16_t *w = layer->weights + layer->offsets[m];
    uint32_t sum = 0;
    for (int32_t i = 0; i < layer->length; i += 2)
      sum += (uint32_t)((x[i] * w[i] + x[i + 1] * w[i + 1]) >> 8);
    layer->outputs[m] = cmixing_output((int32_t)sum >> layer->shift);
  }
}

static void learn(const cmixing_layer *layer, int32_t bit, int32_t rate) {
  const int16_t *x = layer->inputs;
  for (int32_t m = 0; m < layer->mixer_count; m++) {
    int16_t *w = layer->weights + layer->offsets[m];
    int32_t step = cmixing_step(layer, m, bit, rate);
    for (int32_t i = 0; i < layer->length && step != 0; i++) {
      int32_t sum = w[i] + ((x[i] * step + (1 << 14)) >> 15);
      w[i] = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < -INT16_MAX ? -INT16_MAX : sum);
    }
    cmixing_count_use(layer, m);
  }
}

void cmixing_portable_predict_contexts(const cmixing_contexts *c, int32_t node) {
  for (int32_t i = 0; i < c->padded_count; i++) {
    uint8_t state = c->histories[i][node];
    uint32_t entry = c->entries[CMIXING_HISTORIES * i + state];
    c->states[i] = state;
    c->current[i] = entry;
    int32_t p = (int32_t)(entry >> 20);
    int16_t *input = c->inputs + (i / 8 * 16 + i % 8);
    input[0] = c->stretch[p];
    input[8] = (int16_t)((p - 2048) * 8);
  }
}

void cmixing_portable_learn_contexts(const cmixing_contexts *c, int32_t node, int32_t bit,
                                     const uint8_t *next, uint32_t limit) {
  for (int32_t i = 0; i < c->count; i++) {
    uint32_t state = c->states[i];
    c->histories[i][node] = next[2 * state + (uint32_t)bit];
    if (state == 0) continue;
    c->entries[CMIXING_HISTORIES * (uint32_t)i + state] = cmixing_moved(c->current[i], bit, limit);
  }
}

const cmixing_kernels *cmixing_portable_kernels(void) {
  static const cmixing_kernels kernels = {"portable", mix, learn, cmixing_portable_predict_contexts,
                                          cmixing_portable_learn_contexts};
  return &kernels;
}

static atomic_bool is_portable;

void cmixing_select_portable(bool portable) { atomic_store(&is_portable, portable); }

const cmixing_kernels *cmixing_selected_kernels(void) {
  return atomic_load(&is_portable) ? cmixing_portable_kernels() : cmixing_best_kernels();
}

const cmixing_kernels *cmixing_best_kernels(void) {
  const cmixing_kernels *kernels = cmixing_avx2_kernels();
  if (!kernels) kernels = cmixing_neon_kernels();
  return kernels ? kernels : cmixing_portable_kernels();
}
