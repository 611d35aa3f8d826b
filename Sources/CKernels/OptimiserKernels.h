// SPDX-License-Identifier: Apache-2.0

// The optimiser: a part of KernelTemplate.h, which includes it.
// 1 / sqrt(x), but for some 5e-6 of it, by two of Newton's steps (Lomont, "Fast inverse square root", 2003):
// a root and a quotient take a processor longer than all the rest.
INLINE vec KERNEL(inverse_root)(vec x) {
  vec y = inverse_root_guess(x), half = mul(x, broadcast(-0.5f));
  for (int i = 0; i < 2; i++) y = mul(y, fused(half, mul(y, y), broadcast(1.5f)));
  return y;
}

TARGET static void KERNEL(optimiser_step)(
  size_t n, float *weights, const float *gradient, float *second_moments, float rate, float beta2,
  float epsilon) {
  vec keep = broadcast(beta2), take = broadcast(1.0f - beta2);
  vec r = broadcast(-rate), e = broadcast(epsilon * epsilon);
  for (size_t i = 0; i < n; i += WIDTH) {
    vec g = load(gradient + i);
    vec v = fused(keep, load(second_moments + i), mul(take, mul(g, g)));
    store(second_moments + i, v);
    store(weights + i, fused(mul(r, g), KERNEL(inverse_root)(add(v, e)), load(weights + i)));
  }
}

// A row's factor of its gradient, after its second moment has moved.
INLINE vec KERNEL(row_factor)(
  float mean_square, float *second_moment, float rate, float beta2, float epsilon) {
  vec v = fused(
    broadcast(beta2), broadcast(*second_moment), mul(broadcast(1.0f - beta2), broadcast(mean_square)));
  float moment[16];
  store(moment, v);
  *second_moment = moment[0];
  return divide(broadcast(-rate), add(square_root(v), broadcast(epsilon)));
}

#define DEFINE_ROW_STEP(name, number, read, write)                                              \
  TARGET static void KERNEL(name)(                                                              \
    size_t n, const number *row, const float *gradient, float mean_square, float *second_moment, \
    float rate, float beta2, float epsilon, number *result) {                                   \
    vec factor = KERNEL(row_factor)(mean_square, second_moment, rate, beta2, epsilon);          \
    for (size_t i = 0; i < n; i += WIDTH)                                                       \
      write(result + i, fused(factor, load(gradient + i), read(row + i)));                      \
  }
DEFINE_ROW_STEP(row_step, float, load, store)
DEFINE_ROW_STEP(half_row_step, uint16_t, load_half, store_half)
