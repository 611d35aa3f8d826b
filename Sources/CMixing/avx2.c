#pragma STDC FP_CONTRACT OFF
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static void dot(const int16_t *x, const int16_t *weights,
                                                const uint32_t *offsets, int32_t *sums,
                                                int32_t length, int32_t set_count) {
  for (int32_t s = 0; s < set_count; s++) {
    const int16_t *w = weights + offsets[s];
    __m256i sum = _mm256_setzero_si256();
    for (int32_t i = 0; i < length; i += 16) {
      __m256i product = _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)(x + i)),
                                          _mm256_loadu_si256((const __m256i *)(w + i)));
      sum = _mm256_add_epi32(sum, _mm256_srai_epi32(product, 8));
    }
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    sums[s] = _mm_cvtsi128_si32(half);
  }
}

__attribute__((target("avx2"))) static void learn(const int16_t *x, int16_t *weights,
                                                  const uint32_t *offsets, const int16_t *steps,
                                                  int32_t length, int32_t set_count) {
  const __m256i minimum = _mm256_set1_epi16(-INT16_MAX);
  for (int32_t s = 0; s < set_count; s++) {
    if (steps[s] == 0) continue;
    int16_t *w = weights + offsets[s];
    const __m256i step = _mm256_set1_epi16(steps[s]);
    for (int32_t i = 0; i < length; i += 16) {
      __m256i change = _mm256_mulhrs_epi16(_mm256_loadu_si256((const __m256i *)(x + i)), step);
      __m256i sum = _mm256_adds_epi16(_mm256_loadu_si256((const __m256i *)(w + i)), change);
      _mm256_storeu_si256((__m256i *)(w + i), _mm256_max_epi16(sum, minimum));
    }
  }
}

__attribute__((target("avx2"))) static void predict_contexts(const cmixing_contexts *c,
                                                             int32_t node) {
  // Copies, because a store of a byte may change any memory, as far as the compiler can tell.
  const int32_t count = c->count, padded_count = c->padded_count;
  uint8_t *const *histories = c->histories;
  uint8_t *states = c->states;
  const uint32_t *entries = c->entries;
  uint32_t *current = c->current;
  const int16_t *stretch = c->stretch;
  int16_t *inputs = c->inputs;
  for (int32_t i = 0; i < count; i++) states[i] = histories[i][node];
  const __m256i lane = _mm256_mullo_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
                                          _mm256_set1_epi32(CMIXING_HISTORIES));
  for (int32_t i = 0; i < padded_count; i += 8) {
    __m256i state = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(states + i)));
    __m256i new = _mm256_cmpeq_epi32(state, _mm256_setzero_si256());
    __m256i index = _mm256_add_epi32(state, lane);
    __m256i entry = _mm256_i32gather_epi32((const int *)(entries + CMIXING_HISTORIES * i), index, 4);
    _mm256_storeu_si256((__m256i *)(current + i), entry);
    __m256i p = _mm256_srli_epi32(entry, 20);
    __m256i stretched = _mm256_i32gather_epi32((const int *)stretch, p, 2);
    stretched = _mm256_srai_epi32(_mm256_slli_epi32(stretched, 16), 16);
    __m256i linear = _mm256_slli_epi32(_mm256_sub_epi32(p, _mm256_set1_epi32(2048)), 3);
    __m256i both = _mm256_packs_epi32(_mm256_andnot_si256(new, stretched),
                                      _mm256_andnot_si256(new, linear));
    both = _mm256_permute4x64_epi64(both, 0xD8);
    _mm256_storeu_si256((__m256i *)(inputs + 2 * i), both);
  }
}

__attribute__((target("avx2"))) static void learn_contexts(const cmixing_contexts *c, int32_t node,
                                                           int32_t bit, const uint8_t *next,
                                                           uint32_t limit) {
  const __m256i target = _mm256_set1_epi32(bit ? (1 << 22) - 1 : 0);
  const __m256i top = _mm256_set1_epi32((int)limit);
  for (int32_t i = 0; i < c->padded_count; i += 8) {
    __m256i entry = _mm256_loadu_si256((const __m256i *)(c->current + i));
    __m256i n = _mm256_and_si256(entry, _mm256_set1_epi32(1023));
    __m256i p = _mm256_srli_epi32(entry, 10);
    __m256i rate = _mm256_i32gather_epi32(c->rates, n, 4);
    __m256i error = _mm256_srai_epi32(_mm256_sub_epi32(target, p), 7);
    p = _mm256_add_epi32(p, _mm256_srai_epi32(_mm256_mullo_epi32(error, rate), 8));
    n = _mm256_min_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(1)), top);
    _mm256_storeu_si256((__m256i *)(c->current + i), _mm256_or_si256(_mm256_slli_epi32(p, 10), n));
  }
  const uint8_t *states = c->states;
  next += bit;
  const int32_t count = c->count;
  uint8_t *const *histories = c->histories;
  const uint32_t *current = c->current;
  uint32_t *entries = c->entries;
  for (int32_t i = 0; i < count; i++, entries += CMIXING_HISTORIES) {
    uint32_t state = states[i];
    histories[i][node] = next[2 * state];
    entries[state] = current[i];
  }
}

const cmixing_kernels *cmixing_avx2_kernels(void) {
  static const cmixing_kernels kernels = {"avx2", dot, learn, predict_contexts, learn_contexts};
  return __builtin_cpu_supports("avx2") ? &kernels : 0;
}
#else
const cmixing_kernels *cmixing_avx2_kernels(void) { return 0; }
#endif
