// SPDX-License-Identifier: Apache-2.0

// Runs every kernel of every instruction set of this processor on the same test vectors and prints
// a hash of the results' bits: one line a kernel and set.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "CMixing.h"

#ifdef EMULATED_AVX512
extern const lstmzip_kernels lstmzip_kernels_avx512;
#endif

static uint64_t state;

// Floats of many magnitudes: one in 64 is subnormal, one in 64 is zero.
static float next_float(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  float x = (float)((int32_t)(state >> 40) - (1 << 23)) * 0x1p-23f;
  switch (state >> 33 & 63) {
    case 0: return x * 0x1p-130f;
    case 1: return 0;
    default: return x;
  }
}

static void fill(float *x, size_t n, float scale) {
  for (size_t i = 0; i < n; i++) x[i] = next_float() * scale;
}

static uint64_t hash;

static void add(const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    hash = (hash ^ bits) * 0x100000001B3u;
  }
}

static void print(const char *set, const char *kernel) {
  printf("%-9s %-16s %016llx\n", set, kernel, (unsigned long long)hash);
  hash = 0xCBF29CE484222325u;
}

enum { SIZE = 1 << 18 };
static float a[SIZE], b[SIZE], c[SIZE], d[SIZE];
static float normalised[SIZE], activations[SIZE], inverse[16], cell[SIZE], cell_tanh[SIZE],
  hidden[SIZE];

static void run(const lstmzip_kernels *k) {
  state = 1;
  hash = 0xCBF29CE484222325u;
  for (size_t m = 1; m <= 40; m++) {
    size_t n = 16 * (m % 9 + 1), depth = m * 37 % 300 + 1;
    fill(a, m * depth, 1);
    fill(b, depth * n, 1);
    fill(c, m * n, 1);
    k->matrix_product(m, n, depth, a, depth, 1, b, n, c, n, (int)(m & 1));
    add(c, m * n);
    k->matrix_product(m, n, depth, a, 1, m, b, n, c, n, (int)(m >> 1 & 1));
    add(c, m * n);
  }
  print(k->name, "matrix_product");
  for (size_t m = 1; m <= 40; m++) {
    size_t n = 16 * (m % 9 + 1), depth = m * 37 % 300 + 1, stride = depth / 16 * 16 + 16;
    size_t panel = (depth + 3) / 4 * 64, panel_scales = (depth + 31) / 32 * 16;
    static int8_t values[SIZE];
    static uint8_t inputs[SIZE];
    static int32_t offsets[SIZE];
    fill(a, m * stride, 1);
    fill(b, depth * n, 1);
    fill(c, m * n, 1);
    for (size_t i = 0; i < depth; i += 32)
      k->quantise_weights(
        depth - i < 32 ? depth - i : 32, n, b + i * n, values + i * 16, panel, d + i / 2,
        offsets + i / 2, panel_scales);
    for (size_t i = 0; i < n * panel / 16; i++) hash = (hash ^ (uint8_t)values[i]) * 0x100000001B3u;
    add(d, n * panel_scales / 16);
    for (size_t i = 0; i < n * panel_scales / 16; i++)
      hash = (hash ^ (uint32_t)offsets[i]) * 0x100000001B3u;
    for (size_t i = 0; i < m; i++) {
      hidden[i] = k->greatest_magnitude(stride, a + i * stride);
      k->quantise_inputs(stride, a + i * stride, hidden[i], inputs + i * stride);
    }
    k->quantised_product(
      m, n, depth, inputs, stride, hidden, values, panel, d, offsets, panel_scales, c, n, (int)(m & 1));
    add(hidden, m);
    add(c, m * n);
    // The transpose of 16 or 32 rows.
    size_t rows = 16 * (m % 2 + 1), scale_panel = (n + 31) / 32 * 16;
    k->quantise_transpose(rows, n, a, values, n * 16, d, offsets, scale_panel);
    for (size_t i = 0; i < rows * n; i++) hash = (hash ^ (uint8_t)values[i]) * 0x100000001B3u;
    add(d, rows / 16 * scale_panel);
    for (size_t i = 0; i < rows / 16 * scale_panel; i++)
      hash = (hash ^ (uint32_t)offsets[i]) * 0x100000001B3u;
  }
  // Every 16384th bit pattern, infinities and NaN among them.
  for (uint32_t i = 0; i < SIZE; i++) {
    uint32_t bits = i << 14 | (i * 2654435761u & 0x3FFF);
    memcpy(a + i, &bits, 4);
  }
  for (size_t i = 0; i < SIZE; i += 512) {
    static int8_t values[512];
    static uint8_t inputs[512];
    int32_t offsets[16];
    float greatest = k->greatest_magnitude(512, a + i), scales[16];
    k->quantise_inputs(512, a + i, greatest, inputs);
    k->quantise_weights(32, 16, a + i, values, 512, scales, offsets, 16);
    for (int j = 0; j < 512; j++) hash = (hash ^ inputs[j]) * 0x100000001B3u;
    for (int j = 0; j < 512; j++) hash = (hash ^ (uint8_t)values[j]) * 0x100000001B3u;
  }
  print(k->name, "quantised");
  // All bit patterns of binary16 that are numbers or infinite.
  const uint16_t *rows[7];
  static uint16_t halves[1 << 16];
  for (uint32_t i = 0; i < 1 << 16; i++)
    halves[i] = (uint16_t)((i & 0x7FFF) > 0x7C00 ? i & 0xBFFF : i);
  for (uint32_t i = 0; i < 1 << 16; i += 16) {
    fill(c, 16, 1);
    rows[0] = halves + i;
    k->add_rows(16, a, 1, rows, c);
    add(c, 16);
  }
  for (int i = 0; i < 7; i++) rows[i] = halves + 15001 * i % 60000;
  fill(c, 304, 1);
  k->add_rows(304, a, 7, rows, c);
  add(c, 304);
  *d = k->sum_of_squares(304, a);
  add(d, 1);
  print(k->name, "sums");
  // Every 16384th bit pattern, infinities and NaN among them.
  for (uint32_t i = 0; i < SIZE; i++) {
    uint32_t bits = i << 14 | (i * 2654435761u & 0x3FFF);
    memcpy(a + i, &bits, 4);
  }
  k->vector_exp(SIZE, a, b);
  add(b, SIZE);
  print(k->name, "exp");
  k->vector_sigmoid(SIZE, a, b);
  add(b, SIZE);
  print(k->name, "sigmoid");
  k->vector_tanh(SIZE, a, b);
  add(b, SIZE);
  print(k->name, "tanh");
  for (int i = 0; i < 20; i++) {
    fill(a, 256, (float)(i * i));
    k->softmax(256, a, b);
    add(b, 256);
  }
  print(k->name, "softmax");
  for (size_t cells = 16; cells <= 208; cells += 32)
    for (size_t gates = 3; gates <= 4; gates++) {
      size_t width = gates * cells;
      fill(a, width, 3);
      fill(b, 4 * width, 1);
      k->cell_forward(
        cells, gates, a, b, b + width, b + 2 * width, normalised, inverse, activations, cell,
        cell_tanh, hidden);
      add(normalised, width);
      add(inverse, gates);
      add(activations, width);
      add(cell, cells);
      add(cell_tanh, cells);
      add(hidden, cells);
      fill(c, 5 * width, 1);
      k->cell_backward(
        cells, gates, c, c + width, b, b + 2 * width, normalised, inverse, activations, cell_tanh,
        c + 2 * width, c + 3 * width, c + 4 * width);
      add(c + width, cells);
      add(c + 2 * width, 3 * width);
    }
  print(k->name, "cell");
  fill(a, 1040, 1);
  fill(b, 1040, 1);
  for (int i = 0; i < 1040; i++) c[i] = b[i] * b[i];
  for (int i = 0; i < 10; i++) {
    k->optimiser_step(1040, a, b, c, 0.01f, 0.9999f, 1e-6f);
    k->row_step(1040, a, b, 0.3f, d, 0.01f, 0.999f, 1e-6f, a);
  }
  // Every 16384th bit pattern, infinities and NaN among them, rounded to binary16.
  for (uint32_t i = 0; i < SIZE; i++) {
    uint32_t bits = i << 14 | (i * 2654435761u & 0x3FFF);
    memcpy(b + i, &bits, 4);
  }
  static uint16_t zeros[SIZE], result[SIZE];
  float moment = 0;
  k->half_row_step(SIZE, zeros, b, 1, &moment, 1, 0, 0, result);
  for (uint32_t i = 0; i < SIZE; i++) hash = (hash ^ result[i]) * 0x100000001B3u;
  add(a, 1040);
  add(c, 1040);
  add(d, 1);
  print(k->name, "optimiser");
}

// The experts' kernels: integers, in the same way.
static void run_mixing(const cmixing_kernels *k) {
  enum { LENGTH = 64, MIXERS = 6, CONTEXTS = 13, PADDED = 16 };
  static int16_t x[LENGTH], w[LENGTH * (MIXERS + 1)], outputs[8], inputs[2 * PADDED], stretch[4096];
  static uint16_t squash[1024];
  static uint32_t offsets[8], entries[CMIXING_HISTORIES * PADDED], current[PADDED];
  static uint8_t states[PADDED], slots[PADDED][64], next[512], *histories[PADDED];
  state = 1;
  hash = 0xCBF29CE484222325u;
  for (int i = 0; i < 4096; i++) stretch[i] = (int16_t)(i * 7 - 14000);
  for (int i = 0; i < 1024; i++) squash[i] = (uint16_t)(i * 64 + 32);
  for (int i = 0; i < 512; i++) next[i] = (uint8_t)((i * 37 + 1) % CMIXING_HISTORIES);
  for (int i = 0; i < CMIXING_HISTORIES * PADDED; i++)
    entries[i] = i % CMIXING_HISTORIES ? (uint32_t)i * 2654435761u : CMIXING_NEW_ENTRY;
  for (int i = 0; i < PADDED; i++) {
    histories[i] = slots[i];
    for (int j = 0; j < 64; j++)
      slots[i][j] = (uint8_t)(i < CONTEXTS ? (i * 64 + j) % CMIXING_HISTORIES : 0);
  }
  for (int i = 0; i < LENGTH * MIXERS; i++)
    w[i] = (int16_t)(i % LENGTH == LENGTH - 1 ? i * 3 % 1024 : next_float() * 30000);
  for (int i = MIXERS; i < 8; i++) offsets[i] = LENGTH * MIXERS;
  const cmixing_layer layer = {LENGTH, MIXERS, 8, x, w, offsets, outputs, squash};
  const cmixing_contexts contexts = {CONTEXTS, PADDED, histories, entries, stretch, states,
                                     current, inputs};
  for (int round = 0; round < 3000; round++) {
    for (int i = 0; i < LENGTH - 1; i++) x[i] = (int16_t)(next_float() * 32767);
    for (int m = 0; m < MIXERS; m++) offsets[m] = (uint32_t)((round + m) % MIXERS * LENGTH);
    k->mix(&layer);
    for (int m = 0; m < MIXERS; m++) hash = (hash ^ (uint16_t)outputs[m]) * 0x100000001B3u;
    k->learn(&layer, round >> 1 & 1, round % 1200);
    k->predict_contexts(&contexts, round % 15 + 1);
    k->learn_contexts(&contexts, round % 15 + 1, round >> 2 & 1, next, 255);
    for (int i = 0; i < 2 * PADDED; i++) hash = (hash ^ (uint16_t)inputs[i]) * 0x100000001B3u;
  }
  for (int i = 0; i < LENGTH * MIXERS; i++) hash = (hash ^ (uint16_t)w[i]) * 0x100000001B3u;
  for (int i = 0; i < CMIXING_HISTORIES * PADDED; i++) hash = (hash ^ entries[i]) * 0x100000001B3u;
  print(k->name, "mixing");
}

int main(void) {
#ifdef EMULATED_AVX512
  run(&lstmzip_kernels_avx512);
#else
  static const char *const names[] = {"portable", "avx2", "avx512", "neon"};
  for (int i = 0; i < 4; i++) {
    const lstmzip_kernels *k = lstmzip_kernels_named(names[i]);
    if (k) run(k);
  }
  run_mixing(cmixing_portable_kernels());
  if (cmixing_best_kernels() != cmixing_portable_kernels()) run_mixing(cmixing_best_kernels());
#endif
}
