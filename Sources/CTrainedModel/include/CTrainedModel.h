// SPDX-License-Identifier: Apache-2.0

// The trained models that are part of the program.
#ifndef CTRAINEDMODEL_H
#define CTRAINEDMODEL_H

#include <stddef.h>

// Model file `number`, aligned to 64 bytes, and its size; NULL if there is none of this number.
// docs/PRIORS.md says what each was trained on.
const unsigned char *lstmzip_model(int number, size_t *size);

#endif
