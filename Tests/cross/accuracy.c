// SPDX-License-Identifier: Apache-2.0

// Measures the greatest errors of exp, sigmoid and tanh over all finite floats, against the C
// library's functions in double precision. Fails if one is above the bound that CKernels.h states.
// Usage: accuracy [STEP], to look at every STEP-th float only.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { BLOCK = 4096 };

static double exact_exp(double x) {
  return exp(fmin(fmax(x, (double)-87.33654f), 88.0));
}
static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_tanh(double x) { return tanh(x); }

// The distance of y from exact in units of the last place of the float nearest to exact. Results
// below the least normal float are compared in its units.
static double error_in_ulp(float y, double exact) {
  int exponent;
  frexp(exact, &exponent);
  if (exponent < -125) exponent = -125;
  return fabs((double)y - exact) / ldexp(1, exponent - 24);
}

static int measure(
  const char *name, void (*function)(size_t, const float *, float *), double (*exact)(double),
  double lowest, double bound, uint64_t step) {
  float x[BLOCK], y[BLOCK];
  double worst = 0, worst_absolute = 0;
  float worst_x = 0;
  for (uint64_t start = 0; start < 1ull << 32; start += BLOCK * step) {
    for (int i = 0; i < BLOCK; i++) {
      uint32_t bits = (uint32_t)(start + (uint64_t)i * step);
      memcpy(x + i, &bits, 4);
    }
    function(BLOCK, x, y);
    for (int i = 0; i < BLOCK; i++) {
      if (!isfinite(x[i])) continue;
      double e = exact(x[i]);
      worst_absolute = fmax(worst_absolute, e < 2 ? fabs(y[i] - e) : 0);
      if (x[i] < lowest) continue;
      double error = error_in_ulp(y[i], e);
      if (error > worst) worst = error, worst_x = x[i];
    }
  }
  printf(
    "%-8s greatest error %.3f ULP (at %.9g), bound %.1f; absolute, where the result is below 2: "
    "%.3g\n", name, worst, worst_x, bound, worst_absolute);
  return worst > bound;
}

int main(int count, char **arguments) {
  const lstmzip_kernels *k = lstmzip_kernels_named(NULL);
  uint64_t step = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
  int failed = 0;
  failed |= measure("exp", k->vector_exp, exact_exp, -INFINITY, 1.1, step);
  failed |= measure("sigmoid", k->vector_sigmoid, exact_sigmoid, -87.3, 2.5, step);
  failed |= measure("tanh", k->vector_tanh, exact_tanh, -INFINITY, 2.0, step);
  return failed;
}
