// The product of inputs in 16 bits with weights in 8: a quarter of binary32's memory to read, which is
// what a product of few rows waits for. Sums of integers are exact in any order. A part of
// KernelTemplate.h.

#define PANEL LSTMZIP_PANEL_COLUMNS
#define SCALED_ROWS LSTMZIP_SCALED_ROWS
#define VECTORS (PANEL / WIDTH)

// The nearest integer of each element, at most 2^15 in size, in the low bits of its result.
INLINE vec KERNEL(nearest_integers)(vec x, vec factor, float limit) {
  vec clamped = minimum(maximum(mul(x, factor), broadcast(-limit)), broadcast(limit));
  return add(clamped, broadcast(12582912.0f));
}

TARGET static float KERNEL(greatest_magnitude)(size_t n, const float *x) {
  vec greatest = broadcast(0.0f);
  for (size_t i = 0; i < n; i += WIDTH) greatest = maximum(magnitude(load(x + i)), greatest);
  float parts[WIDTH], result = 0;
  store(parts, greatest);
  for (int i = 0; i < WIDTH; i++) result = parts[i] > result ? parts[i] : result;
  return result;
}

TARGET static void KERNEL(quantise_inputs)(
  size_t n, const float *x, float greatest, int16_t *y) {
  const vec factor = broadcast(32767.0f / greatest);
  for (size_t i = 0; i < n; i += 16) {
    float shifted[16];
    uint32_t bits[16];
    for (int j = 0; j < 16; j += WIDTH)
      store(shifted + j, KERNEL(nearest_integers)(load(x + i + j), factor, 32767.0f));
    __builtin_memcpy(bits, shifted, sizeof bits);
    for (int j = 0; j < 16; j++) y[i + j] = (int16_t)(uint16_t)bits[j];
  }
}

TARGET static void KERNEL(quantise_weights)(
  size_t rows, size_t columns, const float *x, int8_t *values, size_t panel_bytes, float *scales,
  size_t panel_scales) {
  for (size_t j = 0; j < columns; j += PANEL, values += panel_bytes, scales += panel_scales) {
    const float *panel = x + j;
    vec greatest[2][VECTORS], factor[VECTORS];
    for (int v = 0; v < 2 * VECTORS; v++) greatest[v / VECTORS][v % VECTORS] = broadcast(0.0f);
    for (size_t i = 0; i < rows; i += 2)
      for (size_t r = 0; r < 2 && i + r < rows; r++)
        for (int v = 0; v < VECTORS; v++)
          greatest[r][v] = maximum(
            magnitude(load(panel + (i + r) * columns + v * WIDTH)), greatest[r][v]);
    for (int v = 0; v < VECTORS; v++) {
      vec both = maximum(greatest[0][v], greatest[1][v]);
      store(scales + v * WIDTH, mul(both, broadcast(1.0f / 127)));
      factor[v] = divide(broadcast(127.0f), both);
    }
    for (size_t i = 0; i < rows; i += 2) {
      float shifted[2][PANEL];
      uint32_t bits[2][PANEL];
      for (size_t r = 0; r < 2; r++)
        for (int v = 0; v < VECTORS; v++)
          store(
            shifted[r] + v * WIDTH,
            i + r == rows ? broadcast(12582912.0f)
                          : KERNEL(nearest_integers)(
                              load(panel + (i + r) * columns + v * WIDTH), factor[v], 127.0f));
      __builtin_memcpy(bits, shifted, sizeof bits);
      uint16_t pairs[PANEL];
      for (int c = 0; c < PANEL; c++)
        pairs[c] = (uint16_t)((bits[0][c] & 0xFFu) | (bits[1][c] & 0xFFu) << 8);
      // The first row of a pair is the lower byte of an integer on all supported processors.
      __builtin_memcpy(values + i * PANEL, pairs, sizeof pairs);
    }
  }
}

// R rows of P panels of y. What a scaled block of rows gives is added up in integers.
#define DEFINE_QUANTISED_BLOCK(R, P)                                                            \
  INLINE void KERNEL(quantised_block_##R##_##P)(                                                \
    size_t k, const int16_t *a, size_t a_row, const float *a_scales, const int8_t *b,           \
    size_t b_panel, const float *scales, size_t scales_panel, float *y, size_t y_row,           \
    int accumulate) {                                                                           \
    vec total[R][P * VECTORS];                                                                  \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < P * VECTORS; j++) total[i][j] = broadcast(0.0f);                      \
    for (size_t first = 0; first < k; first += SCALED_ROWS) {                                   \
      size_t part = k - first < SCALED_ROWS ? k - first : SCALED_ROWS;                          \
      ivec sum[R][P * VECTORS];                                                                 \
      for (int i = 0; i < R; i++)                                                               \
        for (int j = 0; j < P * VECTORS; j++) sum[i][j] = zero_integers();                      \
      for (size_t p = first; p < first + part; p += 2) {                                        \
        pair_vec x[P * VECTORS];                                                                \
        for (int j = 0; j < P * VECTORS; j++)                                                   \
          x[j] = load_pairs(b + j / VECTORS * b_panel + p * PANEL + j % VECTORS * 2 * WIDTH);   \
        for (int i = 0; i < R; i++) {                                                           \
          pair_vec factor = broadcast_pair(a + i * a_row + p);                                  \
          for (int j = 0; j < P * VECTORS; j++) sum[i][j] = add_pairs(sum[i][j], x[j], factor); \
        }                                                                                       \
      }                                                                                         \
      for (int i = 0; i < R; i++)                                                               \
        for (int j = 0; j < P * VECTORS; j++) {                                                 \
          const float *scale = scales + j / VECTORS * scales_panel +                            \
            first / SCALED_ROWS * PANEL + j % VECTORS * WIDTH;                                  \
          total[i][j] = fused(float_of_integers(sum[i][j]), load(scale), total[i][j]);          \
        }                                                                                       \
    }                                                                                           \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < P * VECTORS; j++) {                                                   \
        float *out = y + i * y_row + j * WIDTH;                                                 \
        vec scale = broadcast(a_scales[i]);                                                     \
        store(out, accumulate ? fused(scale, total[i][j], load(out)) : mul(scale, total[i][j])); \
      }                                                                                         \
  }
DEFINE_QUANTISED_BLOCK(1, 2)
DEFINE_QUANTISED_BLOCK(1, 1)
DEFINE_QUANTISED_BLOCK(2, 2)
DEFINE_QUANTISED_BLOCK(2, 1)
DEFINE_QUANTISED_BLOCK(4, 1)

// The panels of R rows of y, two at a time and then one.
#define QUANTISED_ROWS(R)                                                                       \
  for (size_t j = 0; j < n;) {                                                                  \
    const int8_t *panel = b + j / PANEL * b_panel;                                              \
    const float *scale = scales + j / PANEL * scales_panel;                                     \
    if (n - j >= 2 * PANEL) {                                                                   \
      KERNEL(quantised_block_##R##_2)(k, a, a_row, a_scales, panel, b_panel, scale,             \
        scales_panel, y + j, y_row, accumulate);                                                \
      j += 2 * PANEL;                                                                           \
    } else {                                                                                    \
      KERNEL(quantised_block_##R##_1)(k, a, a_row, a_scales, panel, b_panel, scale,             \
        scales_panel, y + j, y_row, accumulate);                                                \
      j += PANEL;                                                                               \
    }                                                                                           \
  }

TARGET static void KERNEL(quantised_product)(
  size_t m, size_t n, size_t k, const int16_t *a, size_t a_row, const float *a_scales,
  const int8_t *b, size_t b_panel, const float *scales, size_t scales_panel, float *y,
  size_t y_row, int accumulate) {
  // A panel stays in the cache for all rows.
  const size_t blocks = m / 4;
  for (size_t j = 0; blocks && j < n; j += PANEL)
    for (size_t i = 0; i < 4 * blocks; i += 4)
      KERNEL(quantised_block_4_1)(k, a + i * a_row, a_row, a_scales + i, b + j / PANEL * b_panel,
        b_panel, scales + j / PANEL * scales_panel, scales_panel, y + i * y_row + j, y_row,
        accumulate);
  m -= 4 * blocks, a += 4 * blocks * a_row, a_scales += 4 * blocks, y += 4 * blocks * y_row;
  if (m >= 2) {
    QUANTISED_ROWS(2);
    m -= 2, a += 2 * a_row, a_scales += 2, y += 2 * y_row;
  }
  if (m == 1) QUANTISED_ROWS(1);
}
