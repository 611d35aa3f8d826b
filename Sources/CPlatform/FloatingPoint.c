// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#include "CPlatform.h"

// The control registers themselves: <fenv.h> knows nothing of flushing subnormal numbers. Only what
// the kernels compute with is touched, on x86-64 the SSE state and not the x87's.
#if defined(__x86_64__)

uint64_t cplatform_floating_point_state(void) { return __builtin_ia32_stmxcsr(); }

void cplatform_set_floating_point_state(uint64_t state) {
  __builtin_ia32_ldmxcsr((unsigned)state);
}

void cplatform_set_standard_floating_point_state(void) {
  // The processor's state at reset: all exceptions masked, everything else off.
  __builtin_ia32_ldmxcsr(0x1F80);
}

#elif defined(__aarch64__)

uint64_t cplatform_floating_point_state(void) {
  uint64_t state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  return state;
}

void cplatform_set_floating_point_state(uint64_t state) {
  __asm__ volatile("msr fpcr, %0" : : "r"(state));
}

void cplatform_set_standard_floating_point_state(void) { cplatform_set_floating_point_state(0); }

#else
#include <fenv.h>

uint64_t cplatform_floating_point_state(void) { return (uint64_t)fegetround(); }
void cplatform_set_floating_point_state(uint64_t state) { fesetround((int)state); }
void cplatform_set_standard_floating_point_state(void) { fesetround(FE_TONEAREST); }

#endif
