// SPDX-License-Identifier: Apache-2.0

// AVX2, FMA and F16C: 8 floats a vector, 16 registers.
#pragma STDC FP_CONTRACT OFF

#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) name##_avx2
#define KERNEL_SET "avx2"
#define TARGET __attribute__((target("avx2,fma,f16c")))
#define WIDTH 8
#define ROW_BLOCK 4
typedef __m256 vec;
typedef __m256i ivec, quad_vec;

#define OPERATION static inline TARGET __attribute__((always_inline))
OPERATION vec load(const float *p) { return _mm256_loadu_ps(p); }
OPERATION void store(float *p, vec x) { _mm256_storeu_ps(p, x); }
OPERATION quad_vec load_quads(const int8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
OPERATION quad_vec broadcast_quad(const uint8_t *p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof quad);
  return _mm256_set1_epi32(quad);
}
OPERATION ivec zero_integers(void) { return _mm256_setzero_si256(); }
OPERATION ivec load_integers(const int32_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
OPERATION void store_integers(int32_t *p, ivec x) { _mm256_storeu_si256((__m256i *)p, x); }
OPERATION ivec difference(ivec a, ivec b) { return _mm256_sub_epi32(a, b); }
OPERATION ivec add_quads(ivec sum, quad_vec a, quad_vec b) {
  __m256i pairs = _mm256_maddubs_epi16(a, b);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
OPERATION vec float_of_integers(ivec x) { return _mm256_cvtepi32_ps(x); }
OPERATION vec load_half(const uint16_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}
OPERATION void store_half(uint16_t *p, vec x) {
  _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
}
OPERATION vec broadcast(float x) { return _mm256_set1_ps(x); }
OPERATION vec add(vec a, vec b) { return _mm256_add_ps(a, b); }
OPERATION vec sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
OPERATION vec mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
OPERATION vec divide(vec a, vec b) { return _mm256_div_ps(a, b); }
OPERATION vec square_root(vec a) { return _mm256_sqrt_ps(a); }
OPERATION vec fused(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }
OPERATION vec maximum(vec a, vec b) { return _mm256_max_ps(a, b); }
OPERATION vec minimum(vec a, vec b) { return _mm256_min_ps(a, b); }
OPERATION vec select_less(vec a, vec b, vec x, vec y) {
  return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
OPERATION vec magnitude(vec x) { return _mm256_andnot_ps(broadcast(-0.0f), x); }
OPERATION vec with_sign_of(vec x, vec sign) {
  return _mm256_or_ps(x, _mm256_and_ps(broadcast(-0.0f), sign));
}
OPERATION vec inverse_root_guess(vec x) {
  __m256i half = _mm256_srli_epi32(_mm256_castps_si256(x), 1);
  return _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_set1_epi32(0x5F375A86), half));
}
OPERATION vec power_of_two(vec t) {
  __m256i bits = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(bits, _mm256_set1_epi32(0x3F800000)));
}

// The compiler would load several factors early and, having no register left for them, spill sums in
// the loop: a block of 4 rows of 3 vectors fills all 16 registers.
OPERATION void add_products_3(const float *a, const vec x[3], vec sum[3]) {
  vec factor;
  __asm__(
    "vbroadcastss %4, %3\n\t"
    "vfmadd231ps %5, %3, %0\n\t"
    "vfmadd231ps %6, %3, %1\n\t"
    "vfmadd231ps %7, %3, %2"
    : "+x"(sum[0]), "+x"(sum[1]), "+x"(sum[2]), "=&x"(factor)
    : "m"(*a), "x"(x[0]), "x"(x[1]), "x"(x[2]));
}
#define ADD_PRODUCTS(C, a, x, sum)                                      \
  if (C == 3) {                                                         \
    add_products_3(a, x, sum);                                          \
  } else {                                                              \
    vec factor = broadcast(*(a));                                       \
    for (int j = 0; j < C; j++) sum[j] = fused(factor, x[j], sum[j]);   \
  }

#include "KernelTemplate.h"
#endif
