// SPDX-License-Identifier: Apache-2.0

// AVX-512F and BW: 16 floats a vector, 32 registers.
#pragma STDC FP_CONTRACT OFF

#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) name##_avx512
#define KERNEL_SET "avx512"
#define TARGET __attribute__((target("avx512f,avx512bw,avx2,fma,f16c")))
#define WIDTH 16
#define ROW_BLOCK 8
typedef __m512 vec;
typedef __m512i ivec, quad_vec;

#define OPERATION static inline TARGET __attribute__((always_inline))
OPERATION vec load(const float *p) { return _mm512_loadu_ps(p); }
OPERATION void store(float *p, vec x) { _mm512_storeu_ps(p, x); }
OPERATION quad_vec load_quads(const int8_t *p) { return _mm512_loadu_si512(p); }
OPERATION quad_vec broadcast_quad(const uint8_t *p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof quad);
  return _mm512_set1_epi32(quad);
}
OPERATION ivec zero_integers(void) { return _mm512_setzero_si512(); }
OPERATION ivec load_integers(const int32_t *p) { return _mm512_loadu_si512(p); }
OPERATION void store_integers(int32_t *p, ivec x) { _mm512_storeu_si512(p, x); }
OPERATION ivec difference(ivec a, ivec b) { return _mm512_sub_epi32(a, b); }
OPERATION ivec add_quads(ivec sum, quad_vec a, quad_vec b) {
  __m512i pairs = _mm512_maddubs_epi16(a, b);
  return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}
OPERATION vec float_of_integers(ivec x) { return _mm512_cvtepi32_ps(x); }
OPERATION vec load_half(const uint16_t *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
OPERATION void store_half(uint16_t *p, vec x) {
  _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
}
OPERATION vec broadcast(float x) { return _mm512_set1_ps(x); }
OPERATION vec add(vec a, vec b) { return _mm512_add_ps(a, b); }
OPERATION vec sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
OPERATION vec mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
OPERATION vec divide(vec a, vec b) { return _mm512_div_ps(a, b); }
OPERATION vec square_root(vec a) { return _mm512_sqrt_ps(a); }
OPERATION vec fused(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
OPERATION vec maximum(vec a, vec b) { return _mm512_max_ps(a, b); }
OPERATION vec minimum(vec a, vec b) { return _mm512_min_ps(a, b); }
OPERATION vec select_less(vec a, vec b, vec x, vec y) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
// Bit operations on floats belong to AVX-512DQ: they go by way of integers.
OPERATION vec magnitude(vec x) {
  return _mm512_castsi512_ps(
    _mm512_and_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x7FFFFFFF)));
}
OPERATION vec with_sign_of(vec x, vec sign) {
  __m512i bit = _mm512_and_epi32(_mm512_castps_si512(sign), _mm512_set1_epi32(INT32_MIN));
  return _mm512_castsi512_ps(_mm512_or_epi32(_mm512_castps_si512(x), bit));
}
OPERATION vec inverse_root_guess(vec x) {
  __m512i half = _mm512_srli_epi32(_mm512_castps_si512(x), 1);
  return _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_set1_epi32(0x5F375A86), half));
}
OPERATION vec power_of_two(vec t) {
  __m512i bits = _mm512_slli_epi32(_mm512_castps_si512(t), 23);
  return _mm512_castsi512_ps(_mm512_add_epi32(bits, _mm512_set1_epi32(0x3F800000)));
}

#include "KernelTemplate.h"
#endif
