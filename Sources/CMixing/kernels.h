#ifndef CMIXING_KERNELS_H
#define CMIXING_KERNELS_H

#include "CMixing.h"

// Null where the processor or the target lacks the instructions.
const cmixing_kernels *cmixing_avx2_kernels(void);
const cmixing_kernels *cmixing_neon_kernels(void);

void cmixing_portable_predict_contexts(const cmixing_contexts *contexts, int32_t node);
void cmixing_portable_learn_contexts(const cmixing_contexts *contexts, int32_t node, int32_t bit,
                                     const uint8_t *next, uint32_t limit);

#endif
