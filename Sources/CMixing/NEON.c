// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include "Kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static void mix(const cmixing_layer *layer) {
  const int16_t *x = layer->inputs;
  for (int32_t m = 0; m < layer->mixer_count; m++) {
    const int16_t *w = layer->weights + layer->offsets[m];
    int32x4_t sum = vdupq_n_s32(0);
    for (int32_t i = 0; i < layer->length; i += 8) {
      int16x8_t a = vld1q_s16(x + i), b = vld1q_s16(w + i);
      int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
      int32x4_t high = vmull_high_s16(a, b);
      sum = vaddq_s32(sum, vshrq_n_s32(vpaddq_s32(low, high), 8));
    }
    layer->outputs[m] = cmixing_output(vaddvq_s32(sum) >> layer->shift);
  }
}

static void learn(const cmixing_layer *layer, int32_t bit, int32_t rate) {
  const int16_t *x = layer->inputs;
  const int16x8_t minimum = vdupq_n_s16(-INT16_MAX);
  for (int32_t m = 0; m < layer->mixer_count; m++) {
    int16_t *w = layer->weights + layer->offsets[m];
    const int16x8_t step = vdupq_n_s16((int16_t)cmixing_step(layer, m, bit, rate));
    for (int32_t i = 0; i < layer->length; i += 8) {
      int16x8_t change = vqrdmulhq_s16(vld1q_s16(x + i), step);
      vst1q_s16(w + i, vmaxq_s16(vqaddq_s16(vld1q_s16(w + i), change), minimum));
    }
    cmixing_count_use(layer, m);
  }
}

const cmixing_kernels *cmixing_neon_kernels(void) {
  static const cmixing_kernels kernels = {"neon", mix, learn, cmixing_portable_predict_contexts,
                                          cmixing_portable_learn_contexts};
  return &kernels;
}
#else
const cmixing_kernels *cmixing_neon_kernels(void) { return 0; }
#endif
