// SPDX-License-Identifier: Apache-2.0

// The kernels, written once for all instruction sets; products, cell and optimiser in files that this one
// includes.
//
// The file that includes this one defines:
//   KERNEL(name)     the name with the set's suffix;  KERNEL_SET  the set's name as a string
//   TARGET           function attributes
//   vec, ivec        a vector of WIDTH floats, of WIDTH 32-bit integers; WIDTH divides 16
//   quad_vec         a vector of WIDTH times four 8-bit integers
//   ROW_BLOCK        the rows of the block of y that a matrix product holds in registers
//   ADD_PRODUCTS(C, a, x, sum)  optional: sum[j] = fused(*a, x[j], sum[j]) for C vectors
//   load_quads(p), broadcast_quad(p)  4 WIDTH integers with a sign, and the four at p without one
//   zero_integers(), load_integers, store_integers, difference  of 32-bit integers
//   add_quads(sum, a, b)  sum + the sums of the products of four integers of a, below 128 and without a
//                    sign, and of b; of two such products the sum is within 16 bits
//   float_of_integers(x)  conversion, rounded to nearest
//   load_half(p), store_half(p, x)  conversion from IEEE binary16 and to it
//   load, store, broadcast, add, sub, mul, divide, square_root,
//   fused(a, b, c)     a * b + c rounded once
//   maximum, minimum a > b ? a : b and a < b ? a : b, so that NaN has the same effect everywhere
//   select_less(a, b, x, y)  a < b ? x : y
//   magnitude(x)     without the sign bit;  with_sign_of(x, sign)  x with the sign bit or-ed in
//   inverse_root_guess(x)  the number whose bits are 0x5F375A86 - (the bits of x >> 1), x not negative
//   power_of_two(t)  2^n for t = n + 1.5 * 2^23, by integer operations on t's bits
// FP_CONTRACT is off in the including file.

#define INLINE static inline TARGET __attribute__((always_inline))

#include "MatrixProduct.h"
#include "QuantisedProduct.h"

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
  size_t n, const float *first, size_t count, const uint16_t *const *rows, float *y) {
  for (size_t j = 0; j < n; j += 16) {
    vec sum[16 / WIDTH];
    for (int u = 0; u < 16 / WIDTH; u++)
      sum[u] = add(load(y + j + u * WIDTH), load(first + j + u * WIDTH));
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

#include "CellKernels.h"
#include "OptimiserKernels.h"

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
  KERNEL(greatest_magnitude),
  KERNEL(quantise_inputs),
  KERNEL(quantise_weights),
  KERNEL(quantise_transpose),
  KERNEL(quantised_product),
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
