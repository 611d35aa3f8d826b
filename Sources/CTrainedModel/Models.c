// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include "CTrainedModel.h"

// #embed is an extension before C23, which clang has had since version 19.
#pragma clang diagnostic ignored "-Wc23-extensions"

_Alignas(64) static const unsigned char model_1[] = {
#embed "model-1.lstmmodel"
};

const unsigned char *lstmzip_model(int number, size_t *size) {
  if (number != 1) return NULL;
  *size = sizeof model_1;
  return model_1;
}
