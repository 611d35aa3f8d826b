// SPDX-License-Identifier: Apache-2.0

// NEON on 64-bit ARM: 4 floats a vector, 32 registers.
#pragma STDC FP_CONTRACT OFF

#include "CKernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define KERNEL(name) name##_neon
#define KERNEL_SET "neon"
#define TARGET
#define WIDTH 4
#define ROW_BLOCK 8
typedef float32x4_t vec;
typedef int32x4_t ivec;
typedef int8x16_t quad_vec;

#define OPERATION static inline __attribute__((always_inline))
OPERATION vec load(const float *p) { return vld1q_f32(p); }
OPERATION void store(float *p, vec x) { vst1q_f32(p, x); }
OPERATION quad_vec load_quads(const int8_t *p) { return vld1q_s8(p); }
OPERATION quad_vec broadcast_quad(const uint8_t *p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof quad);
  return vreinterpretq_s8_s32(vdupq_n_s32(quad));
}
OPERATION ivec zero_integers(void) { return vdupq_n_s32(0); }
OPERATION ivec load_integers(const int32_t *p) { return vld1q_s32(p); }
OPERATION void store_integers(int32_t *p, ivec x) { vst1q_s32(p, x); }
OPERATION ivec difference(ivec a, ivec b) { return vsubq_s32(a, b); }
// Inputs are below 128: with a sign they are the same.
OPERATION ivec add_quads(ivec sum, quad_vec a, quad_vec b) {
  int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  return vpadalq_s16(sum, vpaddq_s16(low, vmull_high_s8(a, b)));
}
OPERATION vec float_of_integers(ivec x) { return vcvtq_f32_s32(x); }
OPERATION vec load_half(const uint16_t *p) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}
OPERATION void store_half(uint16_t *p, vec x) {
  vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(x)));
}
OPERATION vec broadcast(float x) { return vdupq_n_f32(x); }
OPERATION vec add(vec a, vec b) { return vaddq_f32(a, b); }
OPERATION vec sub(vec a, vec b) { return vsubq_f32(a, b); }
OPERATION vec mul(vec a, vec b) { return vmulq_f32(a, b); }
OPERATION vec divide(vec a, vec b) { return vdivq_f32(a, b); }
OPERATION vec square_root(vec a) { return vsqrtq_f32(a); }
OPERATION vec fused(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }
// Not vmaxq: it treats NaN otherwise than x86 does.
OPERATION vec maximum(vec a, vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
OPERATION vec minimum(vec a, vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
OPERATION vec select_less(vec a, vec b, vec x, vec y) {
  return vbslq_f32(vcltq_f32(a, b), x, y);
}
OPERATION vec magnitude(vec x) { return vabsq_f32(x); }
OPERATION vec with_sign_of(vec x, vec sign) {
  uint32x4_t bit = vandq_u32(vreinterpretq_u32_f32(sign), vdupq_n_u32(0x80000000u));
  return vreinterpretq_f32_u32(vorrq_u32(vreinterpretq_u32_f32(x), bit));
}
OPERATION vec inverse_root_guess(vec x) {
  uint32x4_t half = vshrq_n_u32(vreinterpretq_u32_f32(x), 1);
  return vreinterpretq_f32_u32(vsubq_u32(vdupq_n_u32(0x5F375A86u), half));
}
OPERATION vec power_of_two(vec t) {
  uint32x4_t bits = vshlq_n_u32(vreinterpretq_u32_f32(t), 23);
  return vreinterpretq_f32_u32(vaddq_u32(bits, vdupq_n_u32(0x3F800000u)));
}

#include "KernelTemplate.h"
#endif
