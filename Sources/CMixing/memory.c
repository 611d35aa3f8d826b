#pragma STDC FP_CONTRACT OFF
#if defined(__linux__)
#define _DEFAULT_SOURCE
#include <sys/mman.h>
#endif
#include "CMixing.h"

void cmixing_advise_huge_pages(void *address, size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise(address, size, MADV_HUGEPAGE);
#else
  (void)address;
  (void)size;
#endif
}
