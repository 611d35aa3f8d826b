// The kernels, written once for all instruction sets.
//
// The file that includes this one defines:
//   KERNEL(name)     the name with the set's suffix;  KERNEL_SET  the set's name as a string
//   TARGET           function attributes
//   vec, ivec        a vector of WIDTH floats, of WIDTH 32-bit integers; WIDTH divides 16
//   ROW_BLOCK, COLUMN_BLOCK   the block of y that a matrix product holds in registers: ROW_BLOCK
//                    rows of COLUMN_BLOCK vectors
//   ADD_PRODUCTS(C, a, x, sum)  optional: sum[j] = fused(*a, x[j], sum[j]) for C vectors
//   load_low_halves, load_high_halves  vectors of the lower, or the upper, 16 bits of 32-bit words, each
//                    with 16 zero bits behind it
//   add_pair(p, a, b, sum)  optional: fused(b, load_high_halves(p), fused(a, load_low_halves(p), sum))
//   load_half(p), store_half(p, x)  conversion from IEEE binary16 and to it
//   load, store, broadcast, add, sub, mul, divide, square_root,
//   fused(a, b, c)     a * b + c rounded once
//   maximum, minimum a > b ? a : b and a < b ? a : b, so that NaN has the same effect everywhere
//   select_less(a, b, x, y)  a < b ? x : y
//   magnitude(x)     without the sign bit;  with_sign_of(x, sign)  x with the sign bit or-ed in
//   power_of_two(t)  2^n for t = n + 1.5 * 2^23, by integer operations on t's bits
//   TRANSPOSE_BLOCK, transpose_block(x, x_row_stride, y, y_row_stride)  a square block
// FP_CONTRACT is off in the including file.

#define INLINE static inline TARGET __attribute__((always_inline))

// ---------------------------------------------------------------------------------------------
// Matrix product

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

// ---------------------------------------------------------------------------------------------
// Matrices in bfloat16: half as much memory to read, which is what a product of few rows waits for

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

TARGET static void KERNEL(bfloat16_pack_transposed)(
  size_t rows, size_t columns, const float *x, uint32_t *y) {
  uint32_t words[16][16] = {{0}};
  float block[16][16], transposed[16][16];
  for (size_t i = 0; i < rows; i += 16)
    for (size_t j = 0; j < columns; j += 32) {
      size_t count = columns - j < 32 ? 8 : 16;
      for (size_t r = 0; r < 16; r++) {
        const float *row = x + (i + r) * columns + j;
        for (size_t c = 0; c < count; c++)
          words[r][c] = KERNEL(rounded_bits)(row + 2 * c) >> 16 |
            (KERNEL(rounded_bits)(row + 2 * c + 1) & 0xFFFF0000u);
      }
      // The transposition only moves bits.
      __builtin_memcpy(block, words, sizeof block);
      for (size_t r = 0; r < 16; r += TRANSPOSE_BLOCK)
        for (size_t c = 0; c < 16; c += TRANSPOSE_BLOCK)
          transpose_block(&block[r][c], 16, &transposed[c][r], 16);
      for (size_t c = 0; c < count; c++)
        __builtin_memcpy(y + (j / 2 + c) * rows + i, transposed[c], sizeof transposed[c]);
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
    size_t k, const float *a, size_t a_row, const uint32_t *b, size_t n, float *y, size_t y_row, \
    int accumulate) {                                                                           \
    vec sum[R][C];                                                                              \
    for (int i = 0; i < R; i++)                                                                 \
      for (int j = 0; j < C; j++)                                                               \
        sum[i][j] = accumulate ? load(y + i * y_row + j * WIDTH) : broadcast(0.0f);             \
    size_t p = 0;                                                                               \
    for (; p + 2 <= k; p += 2, b += n) PAIR(R, C)                                               \
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
      KERNEL(bfloat16_block_##R##_##C)(k, a, a_row, b + j, n, y + j, y_row, accumulate), vectors = C; \
    else if (vectors >= 2)                                                                      \
      KERNEL(bfloat16_block_##R##_2)(k, a, a_row, b + j, n, y + j, y_row, accumulate), vectors = 2; \
    else                                                                                        \
      KERNEL(bfloat16_block_##R##_1)(k, a, a_row, b + j, n, y + j, y_row, accumulate), vectors = 1; \
    j += vectors * WIDTH;                                                                       \
  }

// C vectors of columns for many rows of y: b is widened once, into the cache.
#define DEFINE_BFLOAT16_PANEL(C)                                                                \
  TARGET static void KERNEL(bfloat16_panel_##C)(                                                \
    size_t m, size_t k, const float *a, size_t a_row, const uint32_t *b, size_t n, float *y,    \
    size_t y_row, int accumulate) {                                                             \
    float wide[PACKED_FLOATS] __attribute__((aligned(64)));                                     \
    const size_t depth = PACKED_FLOATS / (C * WIDTH);                                           \
    for (size_t done = 0; done < k; done += depth, a += depth, b += depth / 2 * n) {            \
      size_t part = k - done < depth ? k - done : depth, i = 0;                                 \
      for (size_t p = 0; p < part; p++)                                                         \
        for (int j = 0; j < C; j++) {                                                           \
          const uint32_t *words = b + p / 2 * n + j * WIDTH;                                    \
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
  size_t m, size_t n, size_t k, const float *a, size_t a_row, const uint32_t *b, float *y,
  size_t y_row, int accumulate) {
  if (m < 4 * ROW_BLOCK) {
    for (; m >= 4; m -= 4, a += 4 * a_row, y += 4 * y_row) BFLOAT16_ROWS(4, 2);
    for (; m >= 2; m -= 2, a += 2 * a_row, y += 2 * y_row) BFLOAT16_ROWS(2, 3);
    if (m == 1) BFLOAT16_ROWS(1, 8);
    return;
  }
  for (size_t j = 0; j < n;) {
    size_t vectors = VECTORS_OF_PANEL(j);
    if (vectors == 3)
      KERNEL(bfloat16_panel_3)(m, k, a, a_row, b + j, n, y + j, y_row, accumulate);
    else if (vectors == 2)
      KERNEL(bfloat16_panel_2)(m, k, a, a_row, b + j, n, y + j, y_row, accumulate);
    else
      KERNEL(bfloat16_panel_1)(m, k, a, a_row, b + j, n, y + j, y_row, accumulate);
    j += vectors * WIDTH;
  }
}

// ---------------------------------------------------------------------------------------------
// Sums

typedef struct {
  vec part[16 / WIDTH];
} KERNEL(partial_sums);

INLINE KERNEL(partial_sums) KERNEL(broadcast_16)(float x) {
  KERNEL(partial_sums) s;
  for (int i = 0; i < 16 / WIDTH; i++) s.part[i] = broadcast(x);
  return s;
}

INLINE float KERNEL(halve_sums)(const KERNEL(partial_sums) *s) {
  float sum[16];
  for (int i = 0; i < 16 / WIDTH; i++) store(sum + i * WIDTH, s->part[i]);
  for (int half = 8; half >= 1; half /= 2)
    for (int i = 0; i < half; i++) sum[i] += sum[i + half];
  return sum[0];
}

INLINE float KERNEL(sum_of_products)(size_t n, const float *x, const float *y) {
  KERNEL(partial_sums) s = KERNEL(broadcast_16)(0.0f);
  for (size_t i = 0; i < n; i += 16)
    for (int j = 0; j < 16 / WIDTH; j++)
      s.part[j] = fused(load(x + i + j * WIDTH), load(y + i + j * WIDTH), s.part[j]);
  return KERNEL(halve_sums)(&s);
}

TARGET static float KERNEL(sum_of_squares)(size_t n, const float *x) {
  return KERNEL(sum_of_products)(n, x, x);
}

TARGET static void KERNEL(add_rows)(
  size_t n, size_t count, const uint16_t *const *rows, float *y) {
  for (size_t j = 0; j < n; j += 16) {
    vec sum[16 / WIDTH];
    for (int u = 0; u < 16 / WIDTH; u++) sum[u] = load(y + j + u * WIDTH);
    for (size_t r = 0; r < count; r++)
      for (int u = 0; u < 16 / WIDTH; u++)
        sum[u] = add(sum[u], load_half(rows[r] + j + u * WIDTH));
    for (int u = 0; u < 16 / WIDTH; u++) store(y + j + u * WIDTH, sum[u]);
  }
}

// ---------------------------------------------------------------------------------------------
// Exponential functions

// e^x = 2^n e^r with n the integer nearest to x / ln 2 and |r| <= ln 2 / 2. ln 2 is split in two so
// that n times its first part is exact (Cody and Waite, 1980). The polynomial in r is a minimax fit
// of (e^r - 1 - r) / r^2.
INLINE vec KERNEL(exp)(vec x) {
  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits.
  const vec shift = broadcast(12582912.0f);
  x = minimum(maximum(x, broadcast(-87.33654f)), broadcast(88.0f));
  vec shifted = fused(x, broadcast(0x1.715476p+0f), shift);
  vec n = sub(shifted, shift);
  vec r = fused(n, broadcast(-0x1.62e400p-1f), x);
  r = fused(n, broadcast(-0x1.7f7d1cp-20f), r);
  vec p = broadcast(0.000197902976651676f);
  p = fused(p, r, broadcast(0.0013944703387096524f));
  p = fused(p, r, broadcast(0.008333497680723667f));
  p = fused(p, r, broadcast(0.04166629537940025f));
  p = fused(p, r, broadcast(0.1666666567325592f));
  p = fused(p, r, broadcast(0.5f));
  p = fused(mul(r, r), p, r);
  return mul(add(p, broadcast(1.0f)), power_of_two(shifted));
}

INLINE vec KERNEL(sigmoid)(vec x) {
  vec one = broadcast(1.0f);
  return divide(one, add(one, KERNEL(exp)(sub(broadcast(0.0f), x))));
}

// Below 0.625 an odd polynomial, whose relative error is small near 0; above it
// 1 - 2 / (e^2|x| + 1).
INLINE vec KERNEL(tanh)(vec x) {
  vec one = broadcast(1.0f);
  vec size = magnitude(x);
  vec square = mul(x, x);
  vec p = broadcast(-0.005704987328499556f);
  p = fused(p, square, broadcast(0.0206390880048275f));
  p = fused(p, square, broadcast(-0.05373971536755562f));
  p = fused(p, square, broadcast(0.13331441581249237f));
  p = fused(p, square, broadcast(-0.3333328068256378f));
  vec small = fused(mul(p, square), size, size);
  vec power = KERNEL(exp)(add(size, size));
  vec large = sub(one, divide(broadcast(2.0f), add(power, one)));
  return with_sign_of(select_less(size, broadcast(0.625f), small, large), x);
}

#define DEFINE_MAP(name)                                                                        \
  TARGET static void KERNEL(vector_##name)(size_t n, const float *x, float *y) {                \
    for (size_t i = 0; i < n; i += WIDTH) store(y + i, KERNEL(name)(load(x + i)));              \
  }
DEFINE_MAP(exp)
DEFINE_MAP(sigmoid)
DEFINE_MAP(tanh)

TARGET static void KERNEL(softmax)(size_t n, const float *logits, float *probabilities) {
  KERNEL(partial_sums) greatest, s = KERNEL(broadcast_16)(0.0f);
  for (int j = 0; j < 16 / WIDTH; j++) greatest.part[j] = load(logits + j * WIDTH);
  for (size_t i = 16; i < n; i += 16)
    for (int j = 0; j < 16 / WIDTH; j++)
      greatest.part[j] = maximum(greatest.part[j], load(logits + i + j * WIDTH));
  float m[16];
  for (int j = 0; j < 16 / WIDTH; j++) store(m + j * WIDTH, greatest.part[j]);
  for (int half = 8; half >= 1; half /= 2)
    for (int i = 0; i < half; i++) m[i] = m[i] > m[i + half] ? m[i] : m[i + half];
  vec offset = broadcast(m[0]);
  for (size_t i = 0; i < n; i += 16)
    for (int j = 0; j < 16 / WIDTH; j++) {
      vec e = KERNEL(exp)(sub(load(logits + i + j * WIDTH), offset));
      store(probabilities + i + j * WIDTH, e);
      s.part[j] = add(s.part[j], e);
    }
  vec scale = broadcast(1.0f / KERNEL(halve_sums)(&s));
  for (size_t i = 0; i < n; i += WIDTH)
    store(probabilities + i, mul(load(probabilities + i), scale));
}

// ---------------------------------------------------------------------------------------------
// The bits of a byte: plain loops over integers, which compilers vectorise

TARGET static void KERNEL(frequency_tree)(const float *probabilities, uint32_t *tree) {
  for (int v = 0; v < 256; v++) {
    float p = probabilities[v] > 0.0f ? probabilities[v] : 0.0f;
    p = p < 1.0f ? p : 1.0f;
    tree[256 + v] = (uint32_t)((int32_t)(p * 16777216.0f) + 1);
  }
  for (int first = 128; first >= 1; first /= 2)
    for (int n = first; n < 2 * first; n++) tree[n] = tree[2 * n] + tree[2 * n + 1];
}

TARGET static size_t KERNEL(first_greatest)(size_t n, const uint32_t *x) {
  uint32_t greatest = 0;
  for (size_t i = 0; i < n; i++) greatest = x[i] > greatest ? x[i] : greatest;
  size_t i = 0;
  while (x[i] != greatest) i++;
  return i;
}

// ---------------------------------------------------------------------------------------------
// The LSTM cell

TARGET static void KERNEL(cell_forward)(
  size_t cells, size_t gates, const float *pre, const float *gain, const float *bias,
  const float *previous_cell, float *normalised, float *inverse_rms, float *activations,
  float *cell, float *cell_tanh, float *hidden) {
  for (size_t g = 0; g < gates; g++) {
    float mean = KERNEL(sum_of_products)(cells, pre + g * cells, pre + g * cells) / (float)cells;
    inverse_rms[g] = 1.0f / __builtin_sqrtf(mean + 1e-5f);
    vec scale = broadcast(inverse_rms[g]);
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH) {
      vec value = mul(load(pre + i), scale);
      store(normalised + i, value);
      vec z = fused(value, load(gain + i), load(bias + i));
      store(activations + i, g == 1 ? KERNEL(tanh)(z) : KERNEL(sigmoid)(z));
    }
  }
  for (size_t i = 0; i < cells; i += WIDTH) {
    vec forget = load(activations + i);
    vec input =
      gates == 4 ? load(activations + 3 * cells + i) : sub(broadcast(1.0f), forget);
    vec c = fused(forget, load(previous_cell + i), mul(input, load(activations + cells + i)));
    vec t = KERNEL(tanh)(c);
    store(cell + i, c);
    store(cell_tanh + i, t);
    store(hidden + i, mul(load(activations + 2 * cells + i), t));
  }
}

// x (1 - x), the derivative of the sigmoid from its value.
INLINE vec KERNEL(sigmoid_slope)(vec x) { return mul(x, sub(broadcast(1.0f), x)); }
// 1 - x^2, that of tanh.
INLINE vec KERNEL(tanh_slope)(vec x) { return sub(broadcast(1.0f), mul(x, x)); }

TARGET static void KERNEL(cell_backward)(
  size_t cells, size_t gates, const float *hidden_gradient, float *cell_gradient,
  const float *gain, const float *previous_cell, const float *normalised,
  const float *inverse_rms, const float *activations, const float *cell_tanh, float *pre_gradient,
  float *gain_gradient, float *bias_gradient) {
  for (size_t i = 0; i < cells; i += WIDTH) {
    vec forget = load(activations + i), candidate = load(activations + cells + i);
    vec output = load(activations + 2 * cells + i), t = load(cell_tanh + i);
    vec before = load(previous_cell + i), dhidden = load(hidden_gradient + i);
    vec dcell =
      fused(mul(dhidden, output), KERNEL(tanh_slope)(t), load(cell_gradient + i));
    store(cell_gradient + i, mul(dcell, forget));
    store(pre_gradient + 2 * cells + i, mul(mul(dhidden, t), KERNEL(sigmoid_slope)(output)));
    if (gates == 4) {
      vec input = load(activations + 3 * cells + i);
      store(pre_gradient + i, mul(mul(dcell, before), KERNEL(sigmoid_slope)(forget)));
      store(pre_gradient + cells + i, mul(mul(dcell, input), KERNEL(tanh_slope)(candidate)));
      store(
        pre_gradient + 3 * cells + i, mul(mul(dcell, candidate), KERNEL(sigmoid_slope)(input)));
    } else {
      store(
        pre_gradient + i,
        mul(mul(dcell, sub(before, candidate)), KERNEL(sigmoid_slope)(forget)));
      store(
        pre_gradient + cells + i,
        mul(mul(dcell, sub(broadcast(1.0f), forget)), KERNEL(tanh_slope)(candidate)));
    }
  }
  for (size_t g = 0; g < gates; g++) {
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH) {
      vec d = load(pre_gradient + i);
      store(gain_gradient + i, fused(d, load(normalised + i), load(gain_gradient + i)));
      store(bias_gradient + i, add(load(bias_gradient + i), d));
      store(pre_gradient + i, mul(d, load(gain + i)));
    }
    float mean =
      KERNEL(sum_of_products)(cells, pre_gradient + g * cells, normalised + g * cells) /
      (float)cells;
    vec minus_mean = broadcast(-mean), scale = broadcast(inverse_rms[g]);
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH)
      store(
        pre_gradient + i, mul(scale, fused(load(normalised + i), minus_mean, load(pre_gradient + i))));
  }
}

// ---------------------------------------------------------------------------------------------
// The optimiser

TARGET static void KERNEL(optimiser_step)(
  size_t n, const float *weights, const float *gradient, float *second_moments, float rate,
  float beta2, float epsilon, float *result) {
  vec keep = broadcast(beta2), take = broadcast(1.0f - beta2);
  vec r = broadcast(rate), e = broadcast(epsilon);
  for (size_t i = 0; i < n; i += WIDTH) {
    vec g = load(gradient + i);
    vec v = fused(keep, load(second_moments + i), mul(take, mul(g, g)));
    store(second_moments + i, v);
    store(result + i, sub(load(weights + i), divide(mul(r, g), add(square_root(v), e))));
  }
}

// A row's factor of its gradient, after its second moment has moved.
INLINE vec KERNEL(row_factor)(
  float mean_square, float *second_moment, float rate, float beta2, float epsilon) {
  vec v = fused(
    broadcast(beta2), broadcast(*second_moment), mul(broadcast(1.0f - beta2), broadcast(mean_square)));
  float moment[16];
  store(moment, v);
  *second_moment = moment[0];
  return divide(broadcast(-rate), add(square_root(v), broadcast(epsilon)));
}

TARGET static void KERNEL(half_row_step)(
  size_t n, const uint16_t *row, const float *gradient, float mean_square, float *second_moment,
  float rate, float beta2, float epsilon, uint16_t *result) {
  vec factor = KERNEL(row_factor)(mean_square, second_moment, rate, beta2, epsilon);
  for (size_t i = 0; i < n; i += WIDTH)
    store_half(result + i, fused(factor, load(gradient + i), load_half(row + i)));
}

TARGET static void KERNEL(row_step)(
  size_t n, const float *row, const float *gradient, float mean_square, float *second_moment,
  float rate, float beta2, float epsilon, float *result) {
  vec factor = KERNEL(row_factor)(mean_square, second_moment, rate, beta2, epsilon);
  for (size_t i = 0; i < n; i += WIDTH)
    store(result + i, fused(factor, load(gradient + i), load(row + i)));
}

// ---------------------------------------------------------------------------------------------
// For benchmarks

// Enough chains to hide a latency of 5 cycles on two units.
#define CHAINS 10

TARGET static float KERNEL(fused_chains)(size_t rounds) {
  vec sum[CHAINS], factor = broadcast(0.999f), term = broadcast(0.001f);
  for (int i = 0; i < CHAINS; i++) sum[i] = broadcast((float)i);
  for (size_t r = 0; r < rounds; r++)
    for (int i = 0; i < CHAINS; i++) sum[i] = fused(sum[i], factor, term);
  for (int i = 1; i < CHAINS; i++) sum[0] = add(sum[0], sum[i]);
  float result[16];
  store(result, sum[0]);
  return result[0];
}

const lstmzip_kernels KERNEL(lstmzip_kernels) = {
  KERNEL_SET,
  KERNEL(matrix_product),
  KERNEL(bfloat16_pack),
  KERNEL(bfloat16_pack_transposed),
  KERNEL(bfloat16_product),
  KERNEL(add_rows),
  KERNEL(sum_of_squares),
  KERNEL(vector_exp),
  KERNEL(vector_sigmoid),
  KERNEL(vector_tanh),
  KERNEL(softmax),
  KERNEL(frequency_tree),
  KERNEL(first_greatest),
  KERNEL(cell_forward),
  KERNEL(cell_backward),
  KERNEL(optimiser_step),
  KERNEL(row_step),
  KERNEL(half_row_step),
  KERNEL(fused_chains),
  CHAINS * WIDTH,
};
