// Matrices in bfloat16: half as much memory to read, which is what a product of few rows waits for.
// A part of KernelTemplate.h.

INLINE uint32_t KERNEL(rounded_bits)(const float *x) {
  uint32_t bits;
  __builtin_memcpy(&bits, x, sizeof bits);
  return bits + 0x7FFFu + (bits >> 16 & 1u);
}

TARGET static void KERNEL(bfloat16_pack)(
  size_t rows, size_t columns, const float *x, uint32_t *y) {
  size_t i = 0;
  for (; i + 2 <= rows; i += 2, x += 2 * columns, y += columns)
    for (size_t j = 0; j < columns; j++)
      y[j] = KERNEL(rounded_bits)(x + j) >> 16 |
        (KERNEL(rounded_bits)(x + columns + j) & 0xFFFF0000u);
  if (i < rows)
    for (size_t j = 0; j < columns; j++) y[j] = KERNEL(rounded_bits)(x + j) >> 16;
}

// Blocks of 16 rows: what is written of a row of y is a cache line.
TARGET static void KERNEL(bfloat16_transpose)(
  size_t rows, size_t columns, const uint32_t *x, uint32_t *y) {
  for (size_t i = 0; i < rows; i += 16, x += 8 * columns)
    for (size_t j = 0; j < columns; j += 2) {
      uint32_t *line = y + j / 2 * rows + i;
      for (size_t p = 0; p < 8; p++) {
        const uint32_t *words = x + p * columns + j;
        line[2 * p] = (words[0] & 0xFFFFu) | words[1] << 16;
        line[2 * p + 1] = words[0] >> 16 | (words[1] & 0xFFFF0000u);
      }
    }
}

#ifndef add_pair
INLINE vec KERNEL(add_pair)(const uint32_t *words, vec a, vec b, vec sum) {
  return fused(b, load_high_halves(words), fused(a, load_low_halves(words), sum));
}
#define add_pair KERNEL(add_pair)
#endif

// R rows of C vectors of y, straight from the words of b; PAIR adds two rows of b.
#define DEFINE_BFLOAT16_BLOCK(R, C, PAIR)                                                       \
  INLINE void KERNEL(bfloat16_block_##R##_##C)(                                                 \
    size_t k, const float *a, size_t a_row, const uint32_t *b, size_t b_row, float *y,          \
    size_t y_row, int accumulate) {                                                             \
    vec sum[R][C];                                                                              \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < C; j++)                                                               \
        sum[i][j] = accumulate ? load(y + i * y_row + j * WIDTH) : broadcast(0.0f);             \
    size_t p = 0;                                                                               \
    for (; p + 2 <= k; p += 2, b += b_row) PAIR(R, C)                                           \
    if (p < k)                                                                                  \
      for (int j = 0; j < C; j++) {                                                             \
        vec even = load_low_halves(b + j * WIDTH);                                              \
        for (int i = 0; i < R; i++)                                                             \
          sum[i][j] = fused(broadcast(a[i * a_row + p]), even, sum[i][j]);                      \
      }                                                                                         \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < C; j++) store(y + i * y_row + j * WIDTH, sum[i][j]);                  \
  }
// For one row each word is widened where it is used.
#define ADD_PAIR_TO_ROW(R, C)                                                                   \
  {                                                                                             \
    vec even = broadcast(a[p]), odd = broadcast(a[p + 1]);                                      \
    for (int j = 0; j < C; j++) sum[0][j] = add_pair(b + j * WIDTH, even, odd, sum[0][j]);      \
  }
// For several it is widened once.
#define ADD_PAIR_TO_ROWS(R, C)                                                                  \
  {                                                                                             \
    vec even[C], odd[C];                                                                        \
    for (int j = 0; j < C; j++)                                                                 \
      even[j] = load_low_halves(b + j * WIDTH), odd[j] = load_high_halves(b + j * WIDTH);       \
    for (int i = 0; i < R; i++) {                                                               \
      ADD_PRODUCTS(C, a + i * a_row + p, even, sum[i]);                                         \
    }                                                                                           \
    for (int i = 0; i < R; i++) {                                                               \
      ADD_PRODUCTS(C, a + i * a_row + p + 1, odd, sum[i]);                                      \
    }                                                                                           \
  }
DEFINE_BFLOAT16_BLOCK(1, 8, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(1, 2, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(1, 1, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(2, 3, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(2, 2, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(2, 1, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(4, 2, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(4, 1, ADD_PAIR_TO_ROWS)

// R rows of y, C vectors at a time and then two and one.
#define BFLOAT16_ROWS(R, C)                                                                     \
  for (size_t j = 0; j < n;) {                                                                  \
    size_t vectors = (n - j) / WIDTH;                                                           \
    if (vectors >= C)                                                                           \
      KERNEL(bfloat16_block_##R##_##C)(k, a, a_row, b + j, b_row, y + j, y_row, accumulate), vectors = C; \
    else if (vectors >= 2)                                                                      \
      KERNEL(bfloat16_block_##R##_2)(k, a, a_row, b + j, b_row, y + j, y_row, accumulate), vectors = 2; \
    else                                                                                        \
      KERNEL(bfloat16_block_##R##_1)(k, a, a_row, b + j, b_row, y + j, y_row, accumulate), vectors = 1; \
    j += vectors * WIDTH;                                                                       \
  }

// C vectors of columns for many rows of y: b is widened once, into the cache.
#define DEFINE_BFLOAT16_PANEL(C)                                                                \
  TARGET static void KERNEL(bfloat16_panel_##C)(                                                \
    size_t m, size_t k, const float *a, size_t a_row, const uint32_t *b, size_t b_row, float *y, \
    size_t y_row, int accumulate) {                                                             \
    float wide[PACKED_FLOATS] __attribute__((aligned(64)));                                     \
    const size_t depth = PACKED_FLOATS / (C * WIDTH);                                           \
    for (size_t done = 0; done < k; done += depth, a += depth, b += depth / 2 * b_row) {        \
      size_t part = k - done < depth ? k - done : depth, i = 0;                                 \
      for (size_t p = 0; p < part; p++)                                                         \
        for (int j = 0; j < C; j++) {                                                           \
          const uint32_t *words = b + p / 2 * b_row + j * WIDTH;                                \
          store(wide + (p * C + j) * WIDTH,                                                     \
            p % 2 == 0 ? load_low_halves(words) : load_high_halves(words));                     \
        }                                                                                       \
      int add = accumulate || done;                                                             \
      for (; i + ROW_BLOCK <= m; i += ROW_BLOCK)                                                \
        BLOCK(ROW_BLOCK, C)(part, a + i * a_row, a_row, 1, wide, C * WIDTH, y + i * y_row,      \
          y_row, add, NULL, 0);                                                                 \
      for (; i < m; i++)                                                                        \
        BLOCK(1, C)(part, a + i * a_row, a_row, 1, wide, C * WIDTH, y + i * y_row, y_row, add,  \
          NULL, 0);                                                                             \
    }                                                                                           \
  }
DEFINE_BFLOAT16_PANEL(3)
DEFINE_BFLOAT16_PANEL(2)
DEFINE_BFLOAT16_PANEL(1)

TARGET static void KERNEL(bfloat16_product)(
  size_t m, size_t n, size_t k, const float *a, size_t a_row, const uint32_t *b, size_t b_row,
  float *y, size_t y_row, int accumulate) {
  if (m < 4 * ROW_BLOCK) {
    for (; m >= 4; m -= 4, a += 4 * a_row, y += 4 * y_row) BFLOAT16_ROWS(4, 2);
    for (; m >= 2; m -= 2, a += 2 * a_row, y += 2 * y_row) BFLOAT16_ROWS(2, 3);
    if (m == 1) BFLOAT16_ROWS(1, 8);
    return;
  }
  for (size_t j = 0; j < n;) {
    size_t vectors = VECTORS_OF_PANEL(j);
    if (vectors == 3)
      KERNEL(bfloat16_panel_3)(m, k, a, a_row, b + j, b_row, y + j, y_row, accumulate);
    else if (vectors == 2)
      KERNEL(bfloat16_panel_2)(m, k, a, a_row, b + j, b_row, y + j, y_row, accumulate);
    else
      KERNEL(bfloat16_panel_1)(m, k, a, a_row, b + j, b_row, y + j, y_row, accumulate);
    j += vectors * WIDTH;
  }
}
