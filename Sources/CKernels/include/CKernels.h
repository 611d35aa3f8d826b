// SPDX-License-Identifier: Apache-2.0

// The numeric kernels of lstmzip.
//
// Every kernel gives the same bits on every instruction set: it uses IEEE binary32 + - * / sqrt,
// explicit fused multiply-add, comparisons and integer operations, in the order written here, and
// it vectorises across outputs, never across a sum. Where a sum must run across a vector it is
// made of 16 partial sums, element i into sum i mod 16, then halved: 16, 8, 4, 2, 1.
//
// `fma(a, b, c)` below is a * b + c rounded once. Vector lengths are multiples of 16. Pointers need
// no alignment. Inputs and outputs overlap only where it is said.
#ifndef LSTMZIP_CKERNELS_H
#define LSTMZIP_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The columns of a panel of a quantised matrix, and the rows that share a scale in each.
#define LSTMZIP_PANEL_COLUMNS 16
#define LSTMZIP_SCALED_ROWS 32

/// The greatest absolute value of a quantised input. Two of its products with weights still fit in 16 bits.
#define LSTMZIP_INPUT_LIMIT 63

/// What is added to a quantised input, so that it has no sign.
#define LSTMZIP_INPUT_OFFSET 64

/// The kernels of one instruction set.
typedef struct lstmzip_kernels {
  /// "portable", "avx2", "avx512" or "neon".
  const char *name;

  /// Matrix product. a is m x k, element (i, p) at a[i * a_row_stride + p * a_column_stride]; b is
  /// k x n and y is m x n, both in row-major order with the given strides.
  /// y[i][j] begins as 0, or as it is if accumulate is not 0; then for p = 0, 1, ... k - 1:
  /// y[i][j] = fma(a[i][p], b[p][j], y[i][j]). n is a multiple of 16.
  void (*matrix_product)(
    size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
    const float *b, size_t b_row_stride, float *y, size_t y_row_stride, int accumulate);

  /// The greatest absolute value of n elements; NaN counts for nothing.
  float (*greatest_magnitude)(size_t n, const float *x);

  /// y[i] - LSTMZIP_INPUT_OFFSET = the integer nearest to x[i] * (63 / greatest), ties to even, the product
  /// brought into -63 to 63 first, where NaN counts as -63. So x[i] is about that integer times
  /// greatest * (1 / 63). 63 is LSTMZIP_INPUT_LIMIT; n is a multiple of 16.
  void (*quantise_inputs)(size_t n, const float *x, float greatest, uint8_t *y);

  /// Quantises rows of a matrix, at most LSTMZIP_SCALED_ROWS, to 8 bits: x is rows x columns, contiguous
  /// and in row-major order. With g the greatest absolute value of a column, NaN aside, its scale is
  /// g * (1 / 127), and its integers are those nearest to x * (127 / g), ties to even, brought into -127 to
  /// 127 first, where NaN counts as -127.
  ///
  /// Columns come in panels of LSTMZIP_PANEL_COLUMNS, columns / LSTMZIP_PANEL_COLUMNS of them: panel p of
  /// the values is at values + p * panel_bytes, its scales at scales + p * panel_scales, and so are the
  /// offsets: LSTMZIP_INPUT_OFFSET times the sum of a column's integers. In a panel four rows lie together,
  /// column by column: (row i, column j) at i / 4 * 4 * LSTMZIP_PANEL_COLUMNS + 4 * j + i % 4, and 0 for
  /// the rows that the last four lack.
  void (*quantise_weights)(
    size_t rows, size_t columns, const float *x, int8_t *values, size_t panel_bytes, float *scales,
    int32_t *offsets, size_t panel_scales);

  /// Quantises the transpose of such rows, a multiple of LSTMZIP_PANEL_COLUMNS of them: the columns of x,
  /// in blocks of LSTMZIP_SCALED_ROWS and perhaps 16 more, are its rows, and the rows of x its columns, in
  /// panels as above.
  void (*quantise_transpose)(
    size_t rows, size_t columns, const float *x, int8_t *values, size_t panel_bytes, float *scales,
    int32_t *offsets, size_t panel_scales);

  /// The product of m rows of k quantised inputs, and their scales, with the n columns of a quantised
  /// matrix of k rows, whose panels hold the values of all rows, and LSTMZIP_PANEL_COLUMNS scales and
  /// offsets for each LSTMZIP_SCALED_ROWS of them. For each of these blocks s = the sum of the products of
  /// its integers, rounded to nearest, and t = fma(s, scale, t), from 0 on; then y[i][j] = a_scales[i] * t,
  /// or fma(a_scales[i], t, y[i][j]) if accumulate is not 0. If k is no multiple of 4, inputs behind the
  /// last are read, up to the next one.
  void (*quantised_product)(
    size_t m, size_t n, size_t k, const uint8_t *a, size_t a_row_stride, const float *a_scales,
    const int8_t *values, size_t panel_bytes, const float *scales, const int32_t *offsets,
    size_t panel_scales, float *y, size_t y_row_stride, int accumulate);

  /// y[j] += first[j], then rows[0][j], rows[1][j], ... in this order; the rows are in IEEE binary16.
  void (*add_rows)(
    size_t n, const float *first, size_t count, const uint16_t *const *rows, float *y);

  /// The sum of squares in 16 partial sums, each by fma(x, x, sum).
  float (*sum_of_squares)(size_t n, const float *x);

  /// y[i] = e^x[i]; x is clamped to [-87.33654, 88] first, NaN counts as the lower end. In place
  /// too. Error below 1.1 ULP against e to the clamped x.
  void (*vector_exp)(size_t n, const float *x, float *y);

  /// y[i] = 1 / (1 + e^-x[i]), in place too. Error below 2.5 ULP where the result is normal.
  void (*vector_sigmoid)(size_t n, const float *x, float *y);

  /// y[i] = tanh x[i], in place too; NaN gives -1. Error below 2 ULP.
  void (*vector_tanh)(size_t n, const float *x, float *y);

  /// Probabilities of logits, in place too: e^(logit - greatest), times 1 / (their sum in 16
  /// partial sums).
  void (*softmax)(size_t n, const float *logits, float *probabilities);

  /// Integer frequencies of the 256 values of a byte as a binary tree: tree[256 + v] =
  /// (integer part of p * 2^24) + 1, with p the probability of v brought into 0 to 1 and NaN counting
  /// as 0; for n from 1 to 255 tree[n] = tree[2 n] + tree[2 n + 1], the frequency of the values that
  /// begin with the bits of n behind its leading 1. tree has 512 elements, the first is not written.
  void (*frequency_tree)(const float *probabilities, uint32_t *tree);

  /// The index of the first of the greatest of n elements; n is a power of two.
  size_t (*first_greatest)(size_t n, const uint32_t *x);

  /// One step of an LSTM layer. Gate 0 is the forget gate, 1 the candidate, 2 the output gate and,
  /// with four gates, 3 the input gate; with three the input gate is 1 - the forget gate.
  /// Each gate's pre-activation (cells wide) is normalised to a root mean square of 1:
  ///   inverse_rms[g] = 1 / sqrt(sum of squares / cells + 1e-5); normalised = pre * inverse_rms[g]
  ///   z = fma(normalised, gain, bias); activation = sigmoid(z), for the candidate tanh(z)
  ///   cell = fma(forget, previous_cell, input * candidate)
  ///   cell_tanh = tanh(cell); hidden = output * cell_tanh
  /// pre, gain, bias, normalised and activations are gates * cells wide, inverse_rms `gates` wide,
  /// the others `cells`.
  void (*cell_forward)(
    size_t cells, size_t gates, const float *pre, const float *gain, const float *bias,
    const float *previous_cell, float *normalised, float *inverse_rms, float *activations,
    float *cell, float *cell_tanh, float *hidden);

  /// The gradients of cell_forward's inputs. cell_gradient comes in as the gradient that the next
  /// step left and goes out as the one for the step before:
  ///   dcell = fma(dhidden * output, 1 - cell_tanh * cell_tanh, cell_gradient)
  ///   cell_gradient = dcell * forget
  ///   doutput = (dhidden * cell_tanh) * (output * (1 - output))
  ///   coupled: dforget = (dcell * (previous_cell - candidate)) * (forget * (1 - forget))
  ///            dcandidate = (dcell * (1 - forget)) * (1 - candidate * candidate)
  ///   else:    dforget = (dcell * previous_cell) * (forget * (1 - forget))
  ///            dcandidate = (dcell * input) * (1 - candidate * candidate)
  ///            dinput = (dcell * candidate) * (input * (1 - input))
  /// Then for each gate, through gain, bias and norm:
  ///   gain_gradient = fma(d, normalised, gain_gradient); bias_gradient += d; s = d * gain
  ///   mean = (sum of s * normalised in 16 partial sums, each by fma) / cells
  ///   pre_gradient = inverse_rms[g] * fma(normalised, -mean, s)
  void (*cell_backward)(
    size_t cells, size_t gates, const float *hidden_gradient, float *cell_gradient,
    const float *gain, const float *previous_cell, const float *normalised,
    const float *inverse_rms, const float *activations, const float *cell_tanh,
    float *pre_gradient, float *gain_gradient, float *bias_gradient);

  /// Adam with beta 1 = 0, without the correction of its bias:
  ///   second_moment = fma(beta2, second_moment, (1 - beta2) * (g * g))
  ///   weight = fma(-rate * g, y2, weight)
  /// with g the gradient and y2 about 1 / sqrt(x), x = second_moment + epsilon * epsilon: the bits of y0 are
  /// 0x5F375A86 - (the bits of x >> 1), and y = y * fma(-0.5 * x, y * y, 1.5) twice.
  void (*optimiser_step)(
    size_t n, float *weights, const float *gradient, float *second_moments, float rate, float beta2,
    float epsilon);

  /// The same for a row with a single second moment:
  ///   second_moment = fma(beta2, second_moment, (1 - beta2) * mean_square)
  ///   factor = rate / (sqrt(second_moment) + epsilon); result = fma(-factor, gradient, row)
  /// mean_square is that of the gradient: its sum_of_squares / n. The result may be the row.
  void (*row_step)(
    size_t n, const float *row, const float *gradient, float mean_square, float *second_moment,
    float rate, float beta2, float epsilon, float *result);

  /// The same for a row in IEEE binary16: the result is rounded to it, to nearest, ties to even;
  /// numbers beyond become infinite, a NaN becomes quiet and keeps its sign and upper bits.
  void (*half_row_step)(
    size_t n, const uint16_t *row, const float *gradient, float mean_square, float *second_moment,
    float rate, float beta2, float epsilon, uint16_t *result);

  /// For benchmarks: `rounds` rounds of `fused_chains_per_round` independent fused multiply-adds in
  /// registers, the most that a core can do.
  float (*fused_chains)(size_t rounds);
  size_t fused_chains_per_round;
} lstmzip_kernels;

/// The kernels of the set with the given name, or, if the name is NULL or empty, of the best set
/// that this processor has. NULL if the name is unknown or the processor lacks the set.
const lstmzip_kernels *lstmzip_kernels_named(const char *name);

// Makes a set the process's own, for all networks that are made from then on; null for the best one.
void lstmzip_kernels_select(const lstmzip_kernels *kernels);

// The set that was selected, or the best one of this processor.
const lstmzip_kernels *lstmzip_kernels_selected(void);

/// Names of the sets that this processor has, separated by spaces, the best one first.
const char *lstmzip_kernels_available(void);

/// Asks for `bytes` bytes at p to be brought into the cache.
static inline void lstmzip_prefetch(const void *p, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)p + i, 1, 3);
}

/// Tells the processor that a loop waits for another thread.
static inline void lstmzip_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif

#endif
