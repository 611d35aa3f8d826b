// SPDX-License-Identifier: Apache-2.0

// The product of inputs in 7 bits with weights in 8: a quarter of binary32's memory to read, and two products
// of them fit in 16 bits, of which processors compute most at once. Sums of integers are exact in any order:
// inputs have an offset that makes them positive, which one of two factors of 8 bits has to be, and what it
// adds to a sum is known beforehand. A part of KernelTemplate.h.

#define PANEL LSTMZIP_PANEL_COLUMNS
#define SCALED_ROWS LSTMZIP_SCALED_ROWS
#define VECTORS (PANEL / WIDTH)
#define INPUT_LIMIT ((float)LSTMZIP_INPUT_LIMIT)

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

TARGET static void KERNEL(quantise_inputs)(size_t n, const float *x, float greatest, uint8_t *y) {
  const vec factor = broadcast(INPUT_LIMIT / greatest);
  for (size_t i = 0; i < n; i += 16) {
    float shifted[16];
    uint32_t bits[16];
    for (int j = 0; j < 16; j += WIDTH)
      store(shifted + j, KERNEL(nearest_integers)(load(x + i + j), factor, INPUT_LIMIT));
    __builtin_memcpy(bits, shifted, sizeof bits);
    for (int j = 0; j < 16; j++) y[i + j] = (uint8_t)(bits[j] + LSTMZIP_INPUT_OFFSET);
  }
}

// Quantises a panel of at most SCALED_ROWS rows, which begin `stride` apart.
INLINE void KERNEL(quantise_panel)(
  size_t rows, const float *x, size_t stride, int8_t *values, float *scales, int32_t *offsets) {
  const uint8_t offset[4] = {LSTMZIP_INPUT_OFFSET, LSTMZIP_INPUT_OFFSET, LSTMZIP_INPUT_OFFSET,
                             LSTMZIP_INPUT_OFFSET};
  vec greatest[2][VECTORS], factor[VECTORS];
  for (int v = 0; v < 2 * VECTORS; v++) greatest[v / VECTORS][v % VECTORS] = broadcast(0.0f);
  for (size_t i = 0; i < rows; i += 2)
    for (size_t r = 0; r < 2 && i + r < rows; r++)
      for (int v = 0; v < VECTORS; v++)
        greatest[r][v] = maximum(magnitude(load(x + (i + r) * stride + v * WIDTH)), greatest[r][v]);
  ivec sum[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    vec both = maximum(greatest[0][v], greatest[1][v]);
    store(scales + v * WIDTH, mul(both, broadcast(1.0f / 127)));
    factor[v] = divide(broadcast(127.0f), both);
    sum[v] = zero_integers();
  }
  for (size_t i = 0; i < rows; i += 4) {
    float shifted[4][PANEL];
    uint32_t bits[4][PANEL];
    for (size_t r = 0; r < 4; r++)
      for (int v = 0; v < VECTORS; v++)
        store(
          shifted[r] + v * WIDTH,
          i + r >= rows
            ? broadcast(12582912.0f)
            : KERNEL(nearest_integers)(load(x + (i + r) * stride + v * WIDTH), factor[v], 127.0f));
    __builtin_memcpy(bits, shifted, sizeof bits);
    uint32_t quads[PANEL];
    for (int c = 0; c < PANEL; c++)
      quads[c] = (bits[0][c] & 0xFFu) | (bits[1][c] & 0xFFu) << 8 | (bits[2][c] & 0xFFu) << 16 |
                 bits[3][c] << 24;
    // The first row of four is the lowest byte of an integer on all supported processors.
    __builtin_memcpy(values + i * PANEL, quads, sizeof quads);
    for (int v = 0; v < VECTORS; v++)
      sum[v] = add_quads(
        sum[v], broadcast_quad(offset), load_quads(values + i * PANEL + v * 4 * WIDTH));
  }
  for (int v = 0; v < VECTORS; v++) store_integers(offsets + v * WIDTH, sum[v]);
}

TARGET static void KERNEL(quantise_weights)(
  size_t rows, size_t columns, const float *x, int8_t *values, size_t panel_bytes, float *scales,
  int32_t *offsets, size_t panel_scales) {
  for (size_t j = 0; j < columns;
       j += PANEL, values += panel_bytes, scales += panel_scales, offsets += panel_scales)
    KERNEL(quantise_panel)(rows, x + j, columns, values, scales, offsets);
}

typedef uint32_t KERNEL(words) __attribute__((vector_size(32), aligned(4)));

// Words a and b side by side by ones, twos or fours, in each half: what 8 x 8 words are transposed with.
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define LOW_ONES(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_ONES(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_TWOS(a, b) SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_TWOS(a, b) SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_FOURS(a, b) SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_FOURS(a, b) SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

// The transpose of 8 x 8 words.
INLINE void KERNEL(transpose_words)(const float *x, size_t x_row, float *y, size_t y_row) {
  KERNEL(words) row[8], a[8], b[8];
  for (size_t r = 0; r < 8; r++) __builtin_memcpy(&row[r], x + r * x_row, sizeof row[r]);
  for (int r = 0; r < 8; r += 2) {
    a[r] = LOW_ONES(row[r], row[r + 1]);
    a[r + 1] = HIGH_ONES(row[r], row[r + 1]);
  }
  for (int r = 0; r < 8; r += 4)
    for (int h = 0; h < 2; h++) {
      b[r + 2 * h] = LOW_TWOS(a[r + h], a[r + 2 + h]);
      b[r + 2 * h + 1] = HIGH_TWOS(a[r + h], a[r + 2 + h]);
    }
  for (size_t w = 0; w < 4; w++) {
    KERNEL(words) low = LOW_FOURS(b[w], b[w + 4]), high = HIGH_FOURS(b[w], b[w + 4]);
    __builtin_memcpy(y + w * y_row, &low, sizeof low);
    __builtin_memcpy(y + (w + 4) * y_row, &high, sizeof high);
  }
}

TARGET static void KERNEL(quantise_transpose)(
  size_t rows, size_t columns, const float *x, int8_t *values, size_t panel_bytes, float *scales,
  int32_t *offsets, size_t panel_scales) {
  for (size_t i = 0; i < rows; i += PANEL, x += PANEL * columns, values += panel_bytes,
              scales += panel_scales, offsets += panel_scales)
    for (size_t j = 0; j < columns; j += SCALED_ROWS) {
      const size_t part = columns - j < SCALED_ROWS ? columns - j : SCALED_ROWS;
      float panel[SCALED_ROWS * PANEL];
      for (size_t c = 0; c < part; c += 8)
        for (size_t r = 0; r < PANEL; r += 8)
          KERNEL(transpose_words)(x + r * columns + j + c, columns, panel + c * PANEL + r, PANEL);
      const size_t scale = j / SCALED_ROWS * PANEL;
      KERNEL(quantise_panel)(
        part, panel, PANEL, values + j * PANEL, scales + scale, offsets + scale);
    }
}

// R rows of P panels of y. What a scaled block of rows gives is added up in integers.
#define DEFINE_QUANTISED_BLOCK(R, P)                                                            \
  INLINE void KERNEL(quantised_block_##R##_##P)(                                                \
    size_t k, const uint8_t *a, size_t a_row, const float *a_scales, const int8_t *b,           \
    size_t b_panel, const float *scales, const int32_t *offsets, size_t scales_panel, float *y, \
    size_t y_row, int accumulate) {                                                             \
    vec total[R][P * VECTORS];                                                                  \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < P * VECTORS; j++) total[i][j] = broadcast(0.0f);                      \
    for (size_t first = 0; first < k; first += SCALED_ROWS) {                                   \
      size_t part = k - first < SCALED_ROWS ? k - first : SCALED_ROWS;                          \
      ivec sum[R][P * VECTORS];                                                                 \
      for (int i = 0; i < R; i++)                                                               \
        for (int j = 0; j < P * VECTORS; j++) sum[i][j] = zero_integers();                      \
      for (size_t p = first; p < first + part; p += 4) {                                        \
        quad_vec x[P * VECTORS];                                                                \
        for (int j = 0; j < P * VECTORS; j++)                                                   \
          x[j] = load_quads(b + j / VECTORS * b_panel + p * PANEL + j % VECTORS * 4 * WIDTH);   \
        for (int i = 0; i < R; i++) {                                                           \
          quad_vec factor = broadcast_quad(a + i * a_row + p);                                  \
          for (int j = 0; j < P * VECTORS; j++) sum[i][j] = add_quads(sum[i][j], factor, x[j]); \
        }                                                                                       \
      }                                                                                         \
      for (int i = 0; i < R; i++)                                                               \
        for (int j = 0; j < P * VECTORS; j++) {                                                 \
          const size_t scale = (size_t)(j / VECTORS) * scales_panel +                           \
            first / SCALED_ROWS * PANEL + (size_t)(j % VECTORS * WIDTH);                        \
          vec exact = float_of_integers(difference(sum[i][j], load_integers(offsets + scale))); \
          total[i][j] = fused(exact, load(scales + scale), total[i][j]);                        \
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
    const int32_t *offset = offsets + j / PANEL * scales_panel;                                 \
    if (n - j >= 2 * PANEL) {                                                                   \
      KERNEL(quantised_block_##R##_2)(k, a, a_row, a_scales, panel, b_panel, scale,             \
        offset, scales_panel, y + j, y_row, accumulate);                                        \
      j += 2 * PANEL;                                                                           \
    } else {                                                                                    \
      KERNEL(quantised_block_##R##_1)(k, a, a_row, a_scales, panel, b_panel, scale,             \
        offset, scales_panel, y + j, y_row, accumulate);                                        \
      j += PANEL;                                                                               \
    }                                                                                           \
  }

TARGET static void KERNEL(quantised_product)(
  size_t m, size_t n, size_t k, const uint8_t *a, size_t a_row, const float *a_scales,
  const int8_t *b, size_t b_panel, const float *scales, const int32_t *offsets, size_t scales_panel,
  float *y, size_t y_row, int accumulate) {
  // A panel stays in the cache for all rows.
  const size_t blocks = m / 4;
  for (size_t j = 0; blocks && j < n; j += PANEL)
    for (size_t i = 0; i < 4 * blocks; i += 4)
      KERNEL(quantised_block_4_1)(k, a + i * a_row, a_row, a_scales + i, b + j / PANEL * b_panel,
        b_panel, scales + j / PANEL * scales_panel, offsets + j / PANEL * scales_panel, scales_panel,
        y + i * y_row + j, y_row, accumulate);
  m -= 4 * blocks, a += 4 * blocks * a_row, a_scales += 4 * blocks, y += 4 * blocks * y_row;
  if (m >= 2) {
    QUANTISED_ROWS(2);
    m -= 2, a += 2 * a_row, a_scales += 2, y += 2 * y_row;
  }
  if (m == 1) QUANTISED_ROWS(1);
}
