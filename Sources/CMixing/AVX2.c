// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include "Kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

AVX2 static inline __m256i load(const int16_t *p) {
  return _mm256_loadu_si256((const __m256i *)p);
}

AVX2 static inline __m256i products(__m256i sum, __m256i x, const int16_t *w) {
  return _mm256_add_epi32(sum, _mm256_srai_epi32(_mm256_madd_epi16(x, load(w)), 8));
}

// The outputs of four mixers from number m on, of 32 bits each; inputs are `vectors` times 16.
AVX2 INLINE __m128i outputs_of(const cmixing_layer *layer, int32_t m, int32_t vectors) {
  const int16_t *x = layer->inputs;
  const uint32_t *offsets = layer->offsets + m;
  const int16_t *w0 = layer->weights + offsets[0], *w1 = layer->weights + offsets[1];
  const int16_t *w2 = layer->weights + offsets[2], *w3 = layer->weights + offsets[3];
  __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
  for (int32_t i = 0; i < 16 * vectors; i += 16) {
    __m256i input = load(x + i);
    s0 = products(s0, input, w0 + i);
    s1 = products(s1, input, w1 + i);
    s2 = products(s2, input, w2 + i);
    s3 = products(s3, input, w3 + i);
  }
  s0 = _mm256_hadd_epi32(_mm256_hadd_epi32(s0, s1), _mm256_hadd_epi32(s2, s3));
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(s0), _mm256_extracti128_si256(s0, 1));
  const __m128i limit = _mm_set1_epi32(CMIXING_OUTPUT_LIMIT);
  sum = _mm_sra_epi32(sum, _mm_cvtsi32_si128(layer->shift));
  return _mm_max_epi32(_mm_min_epi32(sum, limit), _mm_sub_epi32(_mm_setzero_si128(), limit));
}

// Outputs are written 16 at a time, as the next layer reads them: a load from several stores waits for
// the cache.
AVX2 INLINE void mix_vectors(const cmixing_layer *layer, int32_t vectors) {
  const int32_t count = layer->mixer_count;
  const __m256i numbers = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (int32_t m = 0; m < count; m += 16) {
    const __m128i zero = _mm_setzero_si128();
    __m128i s0 = outputs_of(layer, m, vectors), s1 = zero, s2 = zero, s3 = zero;
    if (m + 4 < count) s1 = outputs_of(layer, m + 4, vectors);
    if (m + 8 < count) s2 = outputs_of(layer, m + 8, vectors);
    if (m + 12 < count) s3 = outputs_of(layer, m + 12, vectors);
    __m256i outputs = _mm256_set_m128i(_mm_packs_epi32(s2, s3), _mm_packs_epi32(s0, s1));
    __m256i beyond = _mm256_cmpgt_epi16(numbers, _mm256_set1_epi16((int16_t)(count - m - 1)));
    __m256i *target = (__m256i *)(layer->outputs + m);
    _mm256_storeu_si256(
      target, _mm256_blendv_epi8(outputs, _mm256_loadu_si256(target), beyond));
  }
}

AVX2 static void mix(const cmixing_layer *layer) {
  switch (layer->length / 16) {
    case 1: return mix_vectors(layer, 1);
    case 3: return mix_vectors(layer, 3);
    case 4: return mix_vectors(layer, 4);
    default: return mix_vectors(layer, layer->length / 16);
  }
}

// The steps of four mixers from number m on: see cmixing_learn.
AVX2 static inline __m128i steps_of(const cmixing_layer *layer, int32_t m, int32_t bit,
                                    int32_t rate) {
  const uint16_t *squash = layer->squash;
  const int16_t *outputs = layer->outputs + m;
  const int16_t *uses = layer->weights + layer->length - 1;
  const uint32_t *offsets = layer->offsets + m;
  __m128i n = _mm_setr_epi32(uses[offsets[0]], uses[offsets[1]], uses[offsets[2]],
                             uses[offsets[3]]);
  __m128i p = _mm_setr_epi32(squash[(outputs[0] + 32768) >> 6], squash[(outputs[1] + 32768) >> 6],
                             squash[(outputs[2] + 32768) >> 6], squash[(outputs[3] + 32768) >> 6]);
  // Rounded to the nearest, no quotient here becomes the next integer: truncated, it is the floor.
  __m128 divisor = _mm_cvtepi32_ps(_mm_add_epi32(n, _mm_set1_epi32(100)));
  __m128i bonus = _mm_cvttps_epi32(_mm_div_ps(_mm_set1_ps(80000), divisor));
  bonus = _mm_and_si128(bonus, _mm_cmplt_epi32(n, _mm_set1_epi32(CMIXING_USES)));
  __m128i error = _mm_sub_epi32(_mm_set1_epi32(bit ? 65535 : 0), p);
  __m128i step = _mm_mullo_epi32(error, _mm_add_epi32(bonus, _mm_set1_epi32(rate)));
  step = _mm_srai_epi32(_mm_add_epi32(step, _mm_set1_epi32(1 << 13)), 14);
  return _mm_max_epi32(_mm_min_epi32(step, _mm_set1_epi32(INT16_MAX)), _mm_set1_epi32(-INT16_MAX));
}

AVX2 INLINE void learn_vectors(const cmixing_layer *layer, const int32_t *steps, int32_t vectors) {
  const int16_t *x = layer->inputs;
  const __m256i minimum = _mm256_set1_epi16(-INT16_MAX);
  for (int32_t m = 0; m < layer->mixer_count; m++) {
    const __m256i step = _mm256_set1_epi16((int16_t)steps[m]);
    int16_t *w = layer->weights + layer->offsets[m];
    const int32_t uses = w[16 * vectors - 1];
    for (int32_t i = 0; i < 16 * vectors; i += 16) {
      __m256i sum = _mm256_adds_epi16(_mm256_mulhrs_epi16(load(x + i), step), load(w + i));
      _mm256_storeu_si256((__m256i *)(w + i), _mm256_max_epi16(sum, minimum));
    }
    w[16 * vectors - 1] = (int16_t)(uses < CMIXING_USES ? uses + 1 : CMIXING_USES);
  }
}

AVX2 static void learn(const cmixing_layer *layer, int32_t bit, int32_t rate) {
  int32_t steps[CMIXING_MIXERS];
  for (int32_t m = 0; m < layer->mixer_count; m += 4)
    _mm_storeu_si128((__m128i *)(steps + m), steps_of(layer, m, bit, rate));
  switch (layer->length / 16) {
    case 1: return learn_vectors(layer, steps, 1);
    case 3: return learn_vectors(layer, steps, 3);
    case 4: return learn_vectors(layer, steps, 4);
    default: return learn_vectors(layer, steps, layer->length / 16);
  }
}

// Entries are put together from single loads: on many processors a gather takes longer, and it would
// wait for the states to be written.
AVX2 static void predict_contexts(const cmixing_contexts *c, int32_t node) {
  const int32_t padded_count = c->padded_count;
  const int16_t *stretch = c->stretch;
  for (int32_t i = 0; i < padded_count; i += 8) {
    uint8_t *const *h = c->histories + i;
    const uint32_t *e = c->entries + CMIXING_HISTORIES * i;
    const uint64_t s0 = h[0][node], s1 = h[1][node], s2 = h[2][node], s3 = h[3][node];
    const uint64_t s4 = h[4][node], s5 = h[5][node], s6 = h[6][node], s7 = h[7][node];
    const uint64_t states = s0 | s1 << 8 | s2 << 16 | s3 << 24 | s4 << 32 | s5 << 40 | s6 << 48 |
                            s7 << 56;
    memcpy(c->states + i, &states, 8);
    const uint32_t e0 = e[s0], e1 = e[CMIXING_HISTORIES + s1];
    const uint32_t e2 = e[2 * CMIXING_HISTORIES + s2], e3 = e[3 * CMIXING_HISTORIES + s3];
    const uint32_t e4 = e[4 * CMIXING_HISTORIES + s4], e5 = e[5 * CMIXING_HISTORIES + s5];
    const uint32_t e6 = e[6 * CMIXING_HISTORIES + s6], e7 = e[7 * CMIXING_HISTORIES + s7];
    const __m128i low = _mm_setr_epi32((int)e0, (int)e1, (int)e2, (int)e3);
    const __m128i high = _mm_setr_epi32((int)e4, (int)e5, (int)e6, (int)e7);
    _mm_storeu_si128((__m128i *)(c->current + i), low);
    _mm_storeu_si128((__m128i *)(c->current + i + 4), high);
    const __m128i stretched =
      _mm_setr_epi16(stretch[e0 >> 20], stretch[e1 >> 20], stretch[e2 >> 20], stretch[e3 >> 20],
                     stretch[e4 >> 20], stretch[e5 >> 20], stretch[e6 >> 20], stretch[e7 >> 20]);
    const __m128i p = _mm_packus_epi32(_mm_srli_epi32(low, 20), _mm_srli_epi32(high, 20));
    const __m128i linear = _mm_slli_epi16(_mm_sub_epi16(p, _mm_set1_epi16(2048)), 3);
    _mm256_storeu_si256((__m256i *)(c->inputs + 2 * i), _mm256_set_m128i(linear, stretched));
  }
}

AVX2 static void learn_contexts(const cmixing_contexts *c, int32_t node, int32_t bit,
                                const uint8_t *next, uint32_t limit) {
  const __m256i target = _mm256_set1_epi32(bit ? (1 << 22) - 1 : 0);
  const __m256i top = _mm256_set1_epi32((int)limit);
  const uint8_t *states = c->states;
  uint32_t *current = c->current;
  for (int32_t i = 0; i < c->padded_count; i += 8) {
    __m256i state = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(states + i)));
    __m256i entry = _mm256_loadu_si256((const __m256i *)(current + i));
    __m256i n = _mm256_and_si256(entry, _mm256_set1_epi32(1023));
    __m256i p = _mm256_srli_epi32(entry, 10);
    // Truncated, the quotient is the floor: a divisor is odd, and no quotient is close to an integer.
    __m256i divisor = _mm256_add_epi32(_mm256_add_epi32(n, n), _mm256_set1_epi32(3));
    __m256i rate =
      _mm256_cvttps_epi32(_mm256_div_ps(_mm256_set1_ps(65536), _mm256_cvtepi32_ps(divisor)));
    __m256i error = _mm256_srai_epi32(_mm256_sub_epi32(target, p), 7);
    p = _mm256_add_epi32(p, _mm256_srai_epi32(_mm256_mullo_epi32(error, rate), 8));
    n = _mm256_min_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(1)), top);
    entry = _mm256_blendv_epi8(_mm256_or_si256(_mm256_slli_epi32(p, 10), n),
                               _mm256_set1_epi32((int)CMIXING_NEW_ENTRY),
                               _mm256_cmpeq_epi32(state, _mm256_setzero_si256()));
    _mm256_storeu_si256((__m256i *)(current + i), entry);
  }
  next += bit;
  const int32_t count = c->count;
  uint8_t *const *histories = c->histories;
  uint32_t *entries = c->entries;
  for (int32_t i = 0; i < count; i++, entries += CMIXING_HISTORIES) {
    uint32_t state = states[i];
    histories[i][node] = next[2 * state];
    entries[state] = current[i];
  }
}

const cmixing_kernels *cmixing_avx2_kernels(void) {
  static const cmixing_kernels kernels = {"avx2", mix, learn, predict_contexts, learn_contexts};
  return __builtin_cpu_supports("avx2") ? &kernels : 0;
}
#else
const cmixing_kernels *cmixing_avx2_kernels(void) { return 0; }
#endif
