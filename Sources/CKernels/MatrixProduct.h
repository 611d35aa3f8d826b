// SPDX-License-Identifier: Apache-2.0

// The matrix product; a part of KernelTemplate.h.

// Rows of b that are asked for ahead: rows lie further apart than the processor's own prefetching
// follows.
#define ROWS_AHEAD 8

#ifndef ADD_PRODUCTS
#define ADD_PRODUCTS(C, a, x, sum)     \
  vec factor = broadcast(*(a));        \
  for (int j = 0; j < C; j++) sum[j] = fused(factor, x[j], sum[j])
#endif

#if defined(__clang__)
#define UNROLL_TWICE _Pragma("clang loop unroll_count(2)")
#else
#define UNROLL_TWICE
#endif

// R rows of C vectors of y stay in registers while p runs over the depth. What is read of b is
// copied to `packed`, if there is one, for the rows that follow: there it lies side by side, while
// in b its lines share few sets of the cache.
#define DEFINE_BLOCK(R, C) DEFINE_BLOCK_OF(R, C)
#define DEFINE_BLOCK_OF(R, C)                                                                    \
  INLINE void KERNEL(block_##R##_##C)(                                                          \
    size_t k, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,      \
    float *y, size_t y_row, int accumulate, float *packed, int fetch) {                         \
    vec sum[R][C];                                                                              \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < C; j++)                                                               \
        sum[i][j] = accumulate ? load(y + i * y_row + j * WIDTH) : broadcast(0.0f);             \
    UNROLL_TWICE                                                                                \
    for (size_t p = 0; p < k; p++) {                                                            \
      vec x[C];                                                                                 \
      for (int j = 0; j < C; j++) x[j] = load(b + p * b_row + j * WIDTH);                       \
      if (fetch) {                                                                              \
        __builtin_prefetch(b + (p + ROWS_AHEAD) * b_row);                                       \
        __builtin_prefetch(b + (p + ROWS_AHEAD) * b_row + C * WIDTH - 1);                       \
      }                                                                                         \
      if (packed) {                                                                             \
        for (int j = 0; j < C; j++) store(packed + (p * C + j) * WIDTH, x[j]);                  \
      }                                                                                         \
      for (int i = 0; i < R; i++) {                                                             \
        ADD_PRODUCTS(C, a + i * a_row + p * a_column, x, sum[i]);                               \
      }                                                                                         \
    }                                                                                           \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < C; j++) store(y + i * y_row + j * WIDTH, sum[i][j]);                  \
  }

DEFINE_BLOCK(1, 3)
DEFINE_BLOCK(1, 2)
DEFINE_BLOCK(1, 1)
DEFINE_BLOCK(ROW_BLOCK, 3)
DEFINE_BLOCK(ROW_BLOCK, 2)
DEFINE_BLOCK(ROW_BLOCK, 1)

// Floats of b that are packed at once: 24 KiB of the first-level cache.
#define PACKED_FLOATS 6144

// C vectors of columns for all rows of y.
#define DEFINE_PANEL(C)                                                                         \
  TARGET static void KERNEL(panel_##C)(                                                         \
    size_t m, size_t k, const float *a, size_t a_row, size_t a_column, const float *b,          \
    size_t b_row, float *y, size_t y_row, int accumulate) {                                     \
    float packed[PACKED_FLOATS] __attribute__((aligned(64)));                                   \
    const size_t depth = PACKED_FLOATS / (C * WIDTH);                                           \
    for (size_t done = 0; done < k; done += depth) {                                            \
      size_t part = k - done < depth ? k - done : depth;                                        \
      const float *b_part = b + done * b_row, *a_part = a + done * a_column;                    \
      size_t b_part_row = b_row, i = 0;                                                         \
      int add = accumulate || done;                                                             \
      float *pack = m > 4 * ROW_BLOCK ? packed : NULL;                                              \
      for (; i + ROW_BLOCK <= m; i += ROW_BLOCK) {                                              \
        if (pack)                                                                               \
          BLOCK(ROW_BLOCK, C)(part, a_part + i * a_row, a_row, a_column, b_part, b_part_row,    \
            y + i * y_row, y_row, add, packed, 1);                                                 \
        else if (i == 0)                                                                        \
          BLOCK(ROW_BLOCK, C)(part, a_part + i * a_row, a_row, a_column, b_part, b_part_row,    \
            y + i * y_row, y_row, add, NULL, 1);                                                \
        else                                                                                    \
          BLOCK(ROW_BLOCK, C)(part, a_part + i * a_row, a_row, a_column, b_part, b_part_row,    \
            y + i * y_row, y_row, add, NULL, 0);                                                \
        if (pack) b_part = packed, b_part_row = C * WIDTH, pack = NULL;                         \
      }                                                                                         \
      for (; i < m; i++)                                                                        \
        BLOCK(1, C)(part, a_part + i * a_row, a_row, a_column, b_part, b_part_row,              \
          y + i * y_row, y_row, add, NULL, 0);                                                     \
    }                                                                                           \
  }
#define BLOCK_NAME(R, C) KERNEL(block_##R##_##C)
#define BLOCK(R, C) BLOCK_NAME(R, C)

DEFINE_PANEL(3)
DEFINE_PANEL(2)
DEFINE_PANEL(1)

// Vectors of the panel that begins at column j; four are better two and two than three and one.
#define VECTORS_OF_PANEL(j) \
  ((n - (j)) / WIDTH >= 3 && (n - (j)) / WIDTH != 4 ? 3 : (n - (j)) / WIDTH >= 2 ? 2 : 1)

// R whole rows of y. A depth of 8, that of a short window's weight gradients,
// has a loop of its own, which the compiler unrolls whole.
#define ROW_OF_BLOCKS(R, a, y)                                                                  \
  for (size_t column = 0; column < n;) {                                                        \
    size_t vectors = VECTORS_OF_PANEL(column);                                                  \
    if (vectors == 3 && k == 8)                                                                 \
      BLOCK(R, 3)(8, a, a_row, a_column, b + column, b_row, y + column, y_row, accumulate, NULL, 0); \
    else if (vectors == 3)                                                                      \
      BLOCK(R, 3)(k, a, a_row, a_column, b + column, b_row, y + column, y_row, accumulate, NULL, 0); \
    else if (vectors == 2)                                                                      \
      BLOCK(R, 2)(k, a, a_row, a_column, b + column, b_row, y + column, y_row, accumulate, NULL, 0); \
    else                                                                                        \
      BLOCK(R, 1)(k, a, a_row, a_column, b + column, b_row, y + column, y_row, accumulate, NULL, 0); \
    column += vectors * WIDTH;                                                                  \
  }

TARGET static void KERNEL(matrix_product)(
  size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b,
  size_t b_row, float *y, size_t y_row, int accumulate) {
  if (n * k <= PACKED_FLOATS) {
    // All of b stays in the cache: rows of y are written whole.
    size_t i = 0;
    for (; i + ROW_BLOCK <= m; i += ROW_BLOCK)
      ROW_OF_BLOCKS(ROW_BLOCK, a + i * a_row, y + i * y_row);
    for (; i < m; i++) ROW_OF_BLOCKS(1, a + i * a_row, y + i * y_row);
    return;
  }
  for (size_t j = 0; j < n;) {
    size_t vectors = VECTORS_OF_PANEL(j);
    if (vectors == 3)
      KERNEL(panel_3)(m, k, a, a_row, a_column, b + j, b_row, y + j, y_row, accumulate);
    else if (vectors == 2)
      KERNEL(panel_2)(m, k, a, a_row, a_column, b + j, b_row, y + j, y_row, accumulate);
    else
      KERNEL(panel_1)(m, k, a, a_row, a_column, b + j, b_row, y + j, y_row, accumulate);
    j += vectors * WIDTH;
  }
}
