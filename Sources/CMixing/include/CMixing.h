// Integer kernels of the logistic mixers. Every implementation gives the same bits.
#ifndef CMIXING_H
#define CMIXING_H

#include <stddef.h>
#include <stdint.h>

// The kernels work on vectors of int16_t whose length is a multiple of CMIXING_LANES and whose
// values are above INT16_MIN.
#define CMIXING_LANES 16

// For each of `set_count` weight vectors, at weights + offsets[s], writes to sums[s] the sum over
// the pairs (2i, 2i + 1) of (x[2i] * w[2i] + x[2i + 1] * w[2i + 1]) >> 8, modulo 2^32.
typedef void (*cmixing_dot)(const int16_t *x, const int16_t *weights, const uint32_t *offsets,
                            int32_t *sums, int32_t length, int32_t set_count);

// To each weight of set s adds (x[i] * steps[s] + 2^14) >> 15, saturating. A step of 0 skips its
// set.
typedef void (*cmixing_learn)(const int16_t *x, int16_t *weights, const uint32_t *offsets,
                              const int16_t *steps, int32_t length, int32_t set_count);

// The number of bit histories, rounded up to one that spreads the entries of a history over the
// sets of the cache.
#define CMIXING_HISTORIES 164

// The bit histories of a number of contexts, and the adaptive probability of each history in each
// context.
typedef struct {
  // The number of contexts, and the same rounded up to a multiple of 8: the lengths of the arrays.
  int32_t count, padded_count;
  // Per context, where the bit histories of its nibble are.
  uint8_t **histories;
  // Per context and history a probability in 22 bits above a count in 10 bits.
  uint32_t *entries;
  // 4096 logistic values, one for each 12-bit probability, and 2 elements that are not used.
  const int16_t *stretch;
  // Per count the weight of a new bit, in units of 2^-15.
  const int32_t *rates;
  // The current histories and entries, from predict to learn; zero beyond `count`.
  uint8_t *states;
  uint32_t *current;
  // What predict writes: for each 8 contexts the logistic values of their probabilities, then the
  // distances of these from one half, where one half is 4 in the logistic domain; both zero for a
  // context that is new.
  int16_t *inputs;
} cmixing_contexts;

// Looks up the histories at `node` and their probabilities, and writes the mixers' inputs.
typedef void (*cmixing_predict_contexts)(const cmixing_contexts *contexts, int32_t node);

// After predict: moves the probabilities towards `bit`, their counts up to `limit`, and replaces
// each history h by next[2 * h + bit].
typedef void (*cmixing_learn_contexts)(const cmixing_contexts *contexts, int32_t node, int32_t bit,
                                       const uint8_t *next, uint32_t limit);

typedef struct {
  const char *name;
  cmixing_dot dot;
  cmixing_learn learn;
  cmixing_predict_contexts predict_contexts;
  cmixing_learn_contexts learn_contexts;
} cmixing_kernels;

// The fastest kernels that this processor runs.
const cmixing_kernels *cmixing_best_kernels(void);

// The kernels that LSTMZIP_SIMD asks for: those in plain C for "portable", else the fastest.
const cmixing_kernels *cmixing_selected_kernels(void);

// The kernels in plain C, which define the result.
const cmixing_kernels *cmixing_portable_kernels(void);

// Asks for the cache line at `address`; never faults.
static inline void cmixing_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

#endif
