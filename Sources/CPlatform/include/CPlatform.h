// SPDX-License-Identifier: Apache-2.0

// What the operating system and the processor give that Swift cannot name.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stdint.h>
#ifdef __linux__
#include <sys/xattr.h>
#endif

// The arguments that the process was started with, the program's name first; null where the system
// tells only `main`. Swift's own are read from /proc, which chroots and sandboxes lack.
char **cplatform_arguments(int *count);

// Names the calling thread for debuggers; at most 15 bytes.
void cplatform_name_thread(const char *name);

// Processors that this process may use, at least 1.
int cplatform_processor_count(void);

// The calling thread's floating-point state: rounding, flushing of subnormal numbers, traps.
uint64_t cplatform_floating_point_state(void);

// Rounding to nearest, ties to even; subnormal numbers as they are; no traps: the state that
// docs/NUMERICS.md asks for.
void cplatform_set_standard_floating_point_state(void);

void cplatform_set_floating_point_state(uint64_t state);

#endif
