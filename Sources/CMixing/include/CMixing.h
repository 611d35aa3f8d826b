// SPDX-License-Identifier: Apache-2.0

// Integer kernels of the logistic mixers. Every implementation gives the same bits.
#ifndef CMIXING_H
#define CMIXING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The lengths of inputs and weight vectors are multiples of CMIXING_LANES; so are those of what a layer
// has for each mixer, of which there are at most CMIXING_MIXERS.
#define CMIXING_LANES 16
#define CMIXING_MIXERS 48

// The greatest absolute value of an output.
#define CMIXING_OUTPUT_LIMIT 32752

// The greatest number of uses that is counted.
#define CMIXING_USES 1023

// A layer of logistic mixers.
typedef struct {
  // Inputs, and the elements of a weight vector.
  int32_t length;
  // The number of mixers; offsets and outputs have as many elements, rounded up.
  int32_t mixer_count;
  // The binary logarithm of a weight of one, less 8.
  int32_t shift;
  // Above INT16_MIN; the last one is 0.
  int16_t *inputs;
  // All vectors of all mixers. Above INT16_MIN; the last element of a vector is the number of times
  // that it was used, up to CMIXING_USES.
  int16_t *weights;
  // Per mixer where the selected vector begins; beyond the last mixer where one of zeros does.
  uint32_t *offsets;
  // Elements beyond the last mixer are somebody else's, and stay.
  int16_t *outputs;
  // Per 64 values of an output, from -32768 on, its probability in units of 2^-16.
  const uint16_t *squash;
} cmixing_layer;

// Writes the outputs: S >> shift, clipped, S the sum modulo 2^32 over the pairs (2i, 2i + 1) of
// (x[2i] * w[2i] + x[2i + 1] * w[2i + 1]) >> 8.
typedef void (*cmixing_mix)(const cmixing_layer *layer);

// After mix, for the selected vector of each mixer: adds (x[i] * step + 2^14) >> 15, saturating, to
// each weight, and counts the use. step = (error * r + 2^13) >> 14, clipped to 16 bits; error is that
// of the output's probability, in units of 2^-16; r = rate + floor(80000 / (uses + 100)), or rate from
// CMIXING_USES uses on.
typedef void (*cmixing_learn)(const cmixing_layer *layer, int32_t bit, int32_t rate);

// The number of bit histories, rounded up to one that spreads the entries of a history over the
// sets of the cache.
#define CMIXING_HISTORIES 164

// A probability of 1/2 that was never updated.
#define CMIXING_NEW_ENTRY 0x80000000u

// The bit histories of a number of contexts, and the adaptive probability of each history in each
// context.
typedef struct {
  // The number of contexts, and the same rounded up to a multiple of 8: the lengths of the arrays.
  int32_t count, padded_count;
  // Per context, where the bit histories of its nibble are; beyond the last one where zeros are.
  uint8_t **histories;
  // Per context and history a probability in 22 bits above a count in 10 bits. That of history 0, a
  // context that is new, stays CMIXING_NEW_ENTRY.
  uint32_t *entries;
  // 4096 logistic values, one for each 12-bit probability.
  const int16_t *stretch;
  // The current histories and entries, from predict to learn; zero beyond `count`.
  uint8_t *states;
  uint32_t *current;
  // What predict writes: for each 8 contexts the logistic values of their probabilities, then the
  // distances of these from one half, where one half is 4 in the logistic domain; both zero for a
  // context that is new: stretch[2048] is 0.
  int16_t *inputs;
} cmixing_contexts;

// The classes of a run's length: up to 14, and longer.
#define CMIXING_RUN_CLASSES 16

// The byte that followed last in each of a number of contexts, and how often in a row.
typedef struct {
  int32_t count;
  // Per context the bucket of the byte's first nibble: bytes 12 to 27, 28 to 43 or 44 to 59 of a line that
  // begins at a multiple of 64. Its first byte is the one that followed; byte 6, 8 or 10 of the line is
  // the length of the run.
  uint8_t **buckets;
  // Per context that byte behind a leading one, or 0 for none, and the run's class.
  uint16_t *expected;
  uint8_t *classes;
  // Per context, class and expected bit a probability in 22 bits above a count in 10 bits.
  uint32_t *entries;
  // Per context the entry in use, or -1 if the bits so far are not those of the expected byte.
  int32_t *indexes;
  const int16_t *stretch;
  // What predict writes: the logistic value of the entry in use, or 0.
  int16_t *inputs;
} cmixing_runs;

// At the start of a byte, when `buckets` are those of its first nibble.
void cmixing_start_runs(const cmixing_runs *runs, uint8_t *const *buckets);
// Writes the inputs where `node` is the bits so far, `position` of them, behind a leading one.
void cmixing_predict_runs(const cmixing_runs *runs, int32_t node, int32_t position);
// After predict: moves the probabilities as cmixing_learn_contexts does, with a limit of 1023.
void cmixing_learn_runs(const cmixing_runs *runs, int32_t bit);
// Lengthens the runs of `byte`, up to 255, and begins others.
void cmixing_end_runs(const cmixing_runs *runs, int32_t byte);

// Looks up the histories at `node` and their probabilities, and writes the mixers' inputs.
typedef void (*cmixing_predict_contexts)(const cmixing_contexts *contexts, int32_t node);

// After predict: moves the probabilities towards `bit` by floor(65536 / (2 * count + 3)) in units of
// 2^-15 of their error, their counts up to `limit`, and replaces each history h by next[2 * h + bit].
typedef void (*cmixing_learn_contexts)(const cmixing_contexts *contexts, int32_t node, int32_t bit,
                                       const uint8_t *next, uint32_t limit);

typedef struct {
  const char *name;
  cmixing_mix mix;
  cmixing_learn learn;
  cmixing_predict_contexts predict_contexts;
  cmixing_learn_contexts learn_contexts;
} cmixing_kernels;

// The fastest kernels that this processor runs.
const cmixing_kernels *cmixing_best_kernels(void);

// Makes the kernels in plain C the process's own, or again the fastest, for all mixers that are made from
// then on.
void cmixing_select_portable(bool portable);

// The kernels that were selected.
const cmixing_kernels *cmixing_selected_kernels(void);

// The kernels in plain C, which define the result.
const cmixing_kernels *cmixing_portable_kernels(void);

// Asks for the cache line at `address`; never faults.
static inline void cmixing_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

#endif
