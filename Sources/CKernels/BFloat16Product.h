// Transposed matrices in bfloat16, for gradients: half as much memory to read, which is what a product
// of few rows waits for. A part of KernelTemplate.h.

typedef uint32_t KERNEL(words) __attribute__((vector_size(32), aligned(4)));

// Words a and b side by side by twos or fours, in each half: what 8 x 8 words are transposed with.
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define LOW_ONES(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_ONES(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_TWOS(a, b) SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_TWOS(a, b) SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_FOURS(a, b) SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_FOURS(a, b) SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

// Blocks of 8 rows and 16 columns.
TARGET static void KERNEL(bfloat16_transpose)(
  size_t rows, size_t columns, const float *x, uint32_t *y, size_t y_row) {
  typedef KERNEL(words) words;
  for (size_t i = 0; i < rows; i += 8, x += 8 * columns)
    for (size_t j = 0; j < columns; j += 16) {
      // Each word of a row has two columns, in order but that words 2 and 3 stand after 4 and 5:
      // `place` puts them right.
      words row[8], a[8], b[8];
      for (int r = 0; r < 8; r++) {
        words left, right;
        __builtin_memcpy(&left, x + (size_t)r * columns + j, sizeof left);
        __builtin_memcpy(&right, x + (size_t)r * columns + j + 8, sizeof right);
        left += 0x8000u, right += 0x8000u;
        row[r] = SHUFFLE(left, right, 0, 2, 8, 10, 4, 6, 12, 14) >> 16 |
          (SHUFFLE(left, right, 1, 3, 9, 11, 5, 7, 13, 15) & 0xFFFF0000u);
      }
      for (int r = 0; r < 8; r += 2) {
        a[r] = LOW_ONES(row[r], row[r + 1]);
        a[r + 1] = HIGH_ONES(row[r], row[r + 1]);
      }
      for (int r = 0; r < 8; r += 4)
        for (int h = 0; h < 2; h++) {
          b[r + 2 * h] = LOW_TWOS(a[r + h], a[r + 2 + h]);
          b[r + 2 * h + 1] = HIGH_TWOS(a[r + h], a[r + 2 + h]);
        }
      static const size_t place[4] = {0, 1, 4, 5};
      for (size_t w = 0; w < 4; w++) {
        words low = LOW_FOURS(b[w], b[w + 4]), high = HIGH_FOURS(b[w], b[w + 4]);
        __builtin_memcpy(y + (j / 2 + place[w]) * y_row + i, &low, sizeof low);
        __builtin_memcpy(y + (j / 2 + place[w] + 2) * y_row + i, &high, sizeof high);
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
    for (size_t p = 0; p < k; p += 2, b += b_row) PAIR(R, C)                                    \
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
DEFINE_BFLOAT16_BLOCK(1, 6, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(1, 2, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(1, 1, ADD_PAIR_TO_ROW)
DEFINE_BFLOAT16_BLOCK(2, 3, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(2, 2, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(2, 1, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(4, 2, ADD_PAIR_TO_ROWS)
DEFINE_BFLOAT16_BLOCK(4, 1, ADD_PAIR_TO_ROWS)

// R rows of y, C vectors at a time, then two and one.
#define BFLOAT16_VECTORS(R, C)                                                                  \
  KERNEL(bfloat16_block_##R##_##C)(k, a, a_row, b + j, b_row, y + j, y_row, accumulate), j += C * WIDTH
#define BFLOAT16_ROWS(R, C)                                                                     \
  for (size_t j = 0; j < n;) {                                                                  \
    size_t vectors = (n - j) / WIDTH;                                                           \
    if (vectors >= C)                                                                           \
      BFLOAT16_VECTORS(R, C);                                                                   \
    else if (vectors >= 2)                                                                      \
      BFLOAT16_VECTORS(R, 2);                                                                   \
    else                                                                                        \
      BFLOAT16_VECTORS(R, 1);                                                                   \
  }

// One row: fewer vectors than 6 are too few chains of additions to keep a processor busy.
#define BFLOAT16_ROW                                                                            \
  for (size_t j = 0; j < n;) {                                                                  \
    size_t vectors = (n - j) / WIDTH;                                                           \
    if (vectors >= 8 && vectors != 12)                                                          \
      BFLOAT16_VECTORS(1, 8);                                                                   \
    else if (vectors >= 6)                                                                      \
      BFLOAT16_VECTORS(1, 6);                                                                   \
    else if (vectors >= 2)                                                                      \
      BFLOAT16_VECTORS(1, 2);                                                                   \
    else                                                                                        \
      BFLOAT16_VECTORS(1, 1);                                                                   \
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
    if (m == 1) BFLOAT16_ROW;
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
