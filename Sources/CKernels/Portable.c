// SPDX-License-Identifier: Apache-2.0

// Any processor: C's own arithmetic, and fmaf for the fused multiply-add, which a processor without
// one does in software, slowly and rightly.
#pragma STDC FP_CONTRACT OFF

#include <math.h>
#include <string.h>

#include "CKernels.h"

#define KERNEL(name) name##_portable
#define KERNEL_SET "portable"
#define TARGET
#define WIDTH 4
#define ROW_BLOCK 4
typedef struct {
  float x[WIDTH];
} vec;
typedef struct {
  int32_t x[WIDTH];
} ivec;
typedef struct {
  int16_t x[4 * WIDTH];
} quad_vec;

#define OPERATION static inline __attribute__((always_inline))
// The vector whose elements are `expression` in i.
#define EACH(expression)                              \
  vec y;                                              \
  for (int i = 0; i < WIDTH; i++) y.x[i] = expression; \
  return y
OPERATION vec load(const float *p) { EACH(p[i]); }
OPERATION void store(float *p, vec a) { memcpy(p, a.x, sizeof a.x); }
OPERATION vec broadcast(float a) { EACH(a); }
OPERATION vec add(vec a, vec b) { EACH(a.x[i] + b.x[i]); }
OPERATION vec sub(vec a, vec b) { EACH(a.x[i] - b.x[i]); }
OPERATION vec mul(vec a, vec b) { EACH(a.x[i] * b.x[i]); }
OPERATION vec divide(vec a, vec b) { EACH(a.x[i] / b.x[i]); }
OPERATION vec square_root(vec a) { EACH(sqrtf(a.x[i])); }
OPERATION vec fused(vec a, vec b, vec c) { EACH(fmaf(a.x[i], b.x[i], c.x[i])); }
OPERATION vec maximum(vec a, vec b) { EACH(a.x[i] > b.x[i] ? a.x[i] : b.x[i]); }
OPERATION vec minimum(vec a, vec b) { EACH(a.x[i] < b.x[i] ? a.x[i] : b.x[i]); }
OPERATION vec select_less(vec a, vec b, vec p, vec q) {
  EACH(a.x[i] < b.x[i] ? p.x[i] : q.x[i]);
}
OPERATION vec magnitude(vec a) { EACH(fabsf(a.x[i])); }
OPERATION uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
OPERATION float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
OPERATION vec with_sign_of(vec a, vec sign) {
  EACH(float_of(bits_of(a.x[i]) | (bits_of(sign.x[i]) & 0x80000000u)));
}
OPERATION quad_vec load_quads(const int8_t *p) {
  quad_vec y;
  for (int i = 0; i < 4 * WIDTH; i++) y.x[i] = p[i];
  return y;
}
OPERATION quad_vec broadcast_quad(const uint8_t *p) {
  quad_vec y;
  for (int i = 0; i < 4 * WIDTH; i++) y.x[i] = p[i % 4];
  return y;
}
OPERATION ivec zero_integers(void) { return (ivec){{0}}; }
OPERATION ivec load_integers(const int32_t *p) {
  ivec y;
  memcpy(y.x, p, sizeof y.x);
  return y;
}
OPERATION void store_integers(int32_t *p, ivec a) { memcpy(p, a.x, sizeof a.x); }
OPERATION ivec difference(ivec a, ivec b) {
  for (int i = 0; i < WIDTH; i++) a.x[i] -= b.x[i];
  return a;
}
OPERATION ivec add_quads(ivec sum, quad_vec a, quad_vec b) {
  for (int i = 0; i < 4 * WIDTH; i++) sum.x[i / 4] += a.x[i] * b.x[i];
  return sum;
}
OPERATION vec float_of_integers(ivec x) { EACH((float)x.x[i]); }
OPERATION float float_of_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16, size = half & 0x7FFFu;
  if (size > 0x7C00u) return float_of(sign | 0x7FC00000u | size << 13);
  if (size == 0x7C00u) return float_of(sign | 0x7F800000u);
  // The exponent's bias grows by 112; the product makes subnormal numbers normal.
  return float_of(sign | bits_of(float_of(size << 13) * 0x1p112f));
}
OPERATION uint16_t half_of_float(float x) {
  uint32_t sign = bits_of(x) >> 16 & 0x8000u, size = bits_of(x) & 0x7FFFFFFFu;
  if (size > 0x7F800000u) return (uint16_t)(sign | 0x7E00u | (size >> 13 & 0x3FFu));
  if (size >= 0x47800000u) return (uint16_t)(sign | 0x7C00u);
  // Below 2^-14 the sum has the units of binary16's subnormal numbers as its last bits.
  if (size < 0x38800000u) return (uint16_t)(sign | (bits_of(float_of(size) + 0.5f) - 0x3F000000u));
  return (uint16_t)(sign | (size - 0x38000000u + 0xFFFu + (size >> 13 & 1u)) >> 13);
}
OPERATION vec load_half(const uint16_t *p) { EACH(float_of_half(p[i])); }
OPERATION void store_half(uint16_t *p, vec x) {
  for (int i = 0; i < WIDTH; i++) p[i] = half_of_float(x.x[i]);
}
OPERATION vec inverse_root_guess(vec a) {
  EACH(float_of(0x5F375A86u - (bits_of(a.x[i]) >> 1)));
}
OPERATION vec power_of_two(vec t) { EACH(float_of((bits_of(t.x[i]) << 23) + 0x3F800000u)); }

#include "KernelTemplate.h"
