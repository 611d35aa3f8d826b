// SPDX-License-Identifier: Apache-2.0

#pragma STDC FP_CONTRACT OFF
#define _GNU_SOURCE
#include "CPlatform.h"

#include <pthread.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

static int argument_count;
static char **argument_vector;

#if defined(__GLIBC__) || defined(__APPLE__)
// These systems call constructors with the arguments of `main`.
__attribute__((constructor)) static void keep_arguments(int count, char **vector) {
  argument_count = count;
  argument_vector = vector;
}
#endif

char **cplatform_arguments(int *count) {
  *count = argument_count;
  return argument_vector;
}

void cplatform_name_thread(const char *name) {
#ifdef __APPLE__
  pthread_setname_np(name);
#else
  pthread_setname_np(pthread_self(), name);
#endif
}

int cplatform_processor_count(void) {
#ifdef __linux__
  // Unlike the machine's number this is what taskset or a container leaves.
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}
