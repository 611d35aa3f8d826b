// SPDX-License-Identifier: Apache-2.0

// Chooses an instruction set at run time.
#pragma STDC FP_CONTRACT OFF

#include <stdatomic.h>
#include <string.h>

#include "CKernels.h"

extern const lstmzip_kernels lstmzip_kernels_portable;
#if defined(__x86_64__)
extern const lstmzip_kernels lstmzip_kernels_avx2, lstmzip_kernels_avx512;
#elif defined(__aarch64__)
extern const lstmzip_kernels lstmzip_kernels_neon;
#endif

// The number of available sets, written to `sets`, the best one first.
static int available(const lstmzip_kernels *sets[3]) {
  int count = 0;
#if defined(__x86_64__)
  // These builtins ask the operating system too whether it saves the registers.
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
    __builtin_cpu_supports("f16c");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
    sets[count++] = &lstmzip_kernels_avx512;
  if (avx2) sets[count++] = &lstmzip_kernels_avx2;
#elif defined(__aarch64__)
  sets[count++] = &lstmzip_kernels_neon;
#endif
  sets[count++] = &lstmzip_kernels_portable;
  return count;
}

const lstmzip_kernels *lstmzip_kernels_named(const char *name) {
  const lstmzip_kernels *sets[3];
  int count = available(sets);
  if (name == NULL || *name == 0) return sets[0];
  for (int i = 0; i < count; i++)
    if (strcmp(sets[i]->name, name) == 0) return sets[i];
  return NULL;
}

// The set that was selected; null for the best one.
static _Atomic(const lstmzip_kernels *) selected;

void lstmzip_kernels_select(const lstmzip_kernels *kernels) { atomic_store(&selected, kernels); }

const lstmzip_kernels *lstmzip_kernels_selected(void) {
  const lstmzip_kernels *kernels = atomic_load(&selected);
  return kernels ? kernels : lstmzip_kernels_named("");
}

const char *lstmzip_kernels_available(void) {
  const lstmzip_kernels *sets[3];
  int count = available(sets);
  return count == 3 ? "avx512 avx2 portable"
       : count == 1 ? "portable"
       : strcmp(sets[0]->name, "neon") == 0 ? "neon portable"
                                            : "avx2 portable";
}
