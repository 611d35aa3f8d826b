#pragma STDC FP_CONTRACT OFF
#include "kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

static void dot(const int16_t *x, const int16_t *weights, const uint32_t *offsets, int32_t *sums,
                int32_t length, int32_t set_count) {
  for (int32_t s = 0; s < set_count; s++) {
    const int16_t *w = weights + offsets[s];
    int32x4_t sum = vdupq_n_s32(0);
    for (int32_t i = 0; i < length; i += 8) {
      int16x8_t a = vld1q_s16(x + i), b = vld1q_s16(w + i);
      int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
      int32x4_t high = vmull_high_s16(a, b);
      sum = vaddq_s32(sum, vshrq_n_s32(vpaddq_s32(low, high), 8));
    }
    sums[s] = vaddvq_s32(sum);
  }
}

static void learn(const int16_t *x, int16_t *weights, const uint32_t *offsets, const int16_t *steps,
                  int32_t length, int32_t set_count) {
  const int16x8_t minimum = vdupq_n_s16(-INT16_MAX);
  for (int32_t s = 0; s < set_count; s++) {
    if (steps[s] == 0) continue;
    int16_t *w = weights + offsets[s];
    const int16x8_t step = vdupq_n_s16(steps[s]);
    for (int32_t i = 0; i < length; i += 8) {
      int16x8_t change = vqrdmulhq_s16(vld1q_s16(x + i), step);
      vst1q_s16(w + i, vmaxq_s16(vqaddq_s16(vld1q_s16(w + i), change), minimum));
    }
  }
}

const cmixing_kernels *cmixing_neon_kernels(void) {
  static const cmixing_kernels kernels = {"neon", dot, learn, cmixing_portable_predict_contexts,
                                          cmixing_portable_learn_contexts};
  return &kernels;
}
#else
const cmixing_kernels *cmixing_neon_kernels(void) { return 0; }
#endif
