// SPDX-License-Identifier: Apache-2.0

// The AVX-512 intrinsics that the kernels use, each as two of AVX2: to run the AVX-512 kernels on a
// processor that has none.
#include_next <immintrin.h>

typedef struct {
  __m256 low, high;
} emulated_floats;
typedef struct {
  __m256i low, high;
} emulated_integers;

#define EMULATED static inline __attribute__((target("avx2,fma,f16c"), always_inline, unused))

EMULATED emulated_floats emulated_load(const float *p) {
  return (emulated_floats){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
EMULATED void emulated_store(float *p, emulated_floats x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}
#define BINARY(name)                                                              \
  EMULATED emulated_floats emulated_##name(emulated_floats a, emulated_floats b) { \
    return (emulated_floats){_mm256_##name(a.low, b.low), _mm256_##name(a.high, b.high)}; \
  }
BINARY(add_ps)
BINARY(sub_ps)
BINARY(mul_ps)
BINARY(div_ps)
BINARY(max_ps)
BINARY(min_ps)
#define BINARY_INTEGER(name, of)                                                    \
  EMULATED emulated_integers emulated_##name(emulated_integers a, emulated_integers b) { \
    return (emulated_integers){of(a.low, b.low), of(a.high, b.high)};                \
  }
BINARY_INTEGER(and_epi32, _mm256_and_si256)
BINARY_INTEGER(or_epi32, _mm256_or_si256)
BINARY_INTEGER(add_epi32, _mm256_add_epi32)
BINARY_INTEGER(sub_epi32, _mm256_sub_epi32)
BINARY_INTEGER(madd_epi16, _mm256_madd_epi16)
BINARY_INTEGER(maddubs_epi16, _mm256_maddubs_epi16)
EMULATED emulated_floats emulated_from_integers(emulated_integers a) {
  return (emulated_floats){_mm256_cvtepi32_ps(a.low), _mm256_cvtepi32_ps(a.high)};
}
EMULATED emulated_floats emulated_fma(emulated_floats a, emulated_floats b, emulated_floats c) {
  return (emulated_floats){
    _mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
EMULATED emulated_floats emulated_sqrt(emulated_floats a) {
  return (emulated_floats){_mm256_sqrt_ps(a.low), _mm256_sqrt_ps(a.high)};
}
EMULATED emulated_integers emulated_slli(emulated_integers a, int count) {
  return (emulated_integers){_mm256_slli_epi32(a.low, count), _mm256_slli_epi32(a.high, count)};
}
EMULATED emulated_integers emulated_srli(emulated_integers a, int count) {
  return (emulated_integers){_mm256_srli_epi32(a.low, count), _mm256_srli_epi32(a.high, count)};
}
EMULATED emulated_integers emulated_bits(emulated_floats a) {
  return (emulated_integers){_mm256_castps_si256(a.low), _mm256_castps_si256(a.high)};
}
EMULATED emulated_floats emulated_value(emulated_integers a) {
  return (emulated_floats){_mm256_castsi256_ps(a.low), _mm256_castsi256_ps(a.high)};
}
EMULATED unsigned emulated_less(emulated_floats a, emulated_floats b) {
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ)) |
         (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)) << 8;
}
EMULATED emulated_floats emulated_blend(unsigned mask, emulated_floats a, emulated_floats b) {
  float x[16], y[16];
  emulated_store(x, a);
  emulated_store(y, b);
  for (int i = 0; i < 16; i++)
    if (mask >> i & 1) x[i] = y[i];
  return emulated_load(x);
}
EMULATED emulated_integers emulated_load_integers(const void *p) {
  return (emulated_integers){
    _mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)p + 1)};
}
EMULATED void emulated_store_integers(void *p, emulated_integers x) {
  _mm256_storeu_si256((__m256i *)p, x.low);
  _mm256_storeu_si256((__m256i *)p + 1, x.high);
}
EMULATED emulated_floats emulated_from_half(__m256i x) {
  return (emulated_floats){
    _mm256_cvtph_ps(_mm256_castsi256_si128(x)), _mm256_cvtph_ps(_mm256_extracti128_si256(x, 1))};
}
EMULATED __m256i emulated_to_half(emulated_floats x) {
  return _mm256_set_m128i(_mm256_cvtps_ph(x.high, 0), _mm256_cvtps_ph(x.low, 0));
}

#define __m512 emulated_floats
#define __m512i emulated_integers
#define _mm512_loadu_ps emulated_load
#define _mm512_storeu_ps emulated_store
#define _mm512_loadu_si512 emulated_load_integers
#define _mm512_storeu_si512 emulated_store_integers
#define _mm512_cvtph_ps emulated_from_half
#define _mm512_cvtps_ph(x, rounding) emulated_to_half(x)
#define _mm512_set1_ps(x) ((emulated_floats){_mm256_set1_ps(x), _mm256_set1_ps(x)})
#define _mm512_set1_epi16(x) ((emulated_integers){_mm256_set1_epi16(x), _mm256_set1_epi16(x)})
#define _mm512_set1_epi32(x) ((emulated_integers){_mm256_set1_epi32(x), _mm256_set1_epi32(x)})
#define _mm512_add_ps emulated_add_ps
#define _mm512_sub_ps emulated_sub_ps
#define _mm512_mul_ps emulated_mul_ps
#define _mm512_div_ps emulated_div_ps
#define _mm512_max_ps emulated_max_ps
#define _mm512_min_ps emulated_min_ps
#define _mm512_and_epi32 emulated_and_epi32
#define _mm512_or_epi32 emulated_or_epi32
#define _mm512_add_epi32 emulated_add_epi32
#define _mm512_sub_epi32 emulated_sub_epi32
#define _mm512_madd_epi16 emulated_madd_epi16
#define _mm512_maddubs_epi16 emulated_maddubs_epi16
#define _mm512_cvtepi32_ps emulated_from_integers
#define _mm512_setzero_si512() ((emulated_integers){_mm256_setzero_si256(), _mm256_setzero_si256()})
#define _mm512_fmadd_ps emulated_fma
#define _mm512_sqrt_ps emulated_sqrt
#define _mm512_srli_epi32 emulated_srli
#define _mm512_slli_epi32 emulated_slli
#define _mm512_castps_si512 emulated_bits
#define _mm512_castsi512_ps emulated_value
#define _mm512_cmp_ps_mask(a, b, predicate) emulated_less(a, b)
#define _mm512_mask_blend_ps emulated_blend
