// SPDX-License-Identifier: Apache-2.0

// The LSTM cell of a step, forward and backward: a part of KernelTemplate.h, which includes it.
TARGET static void KERNEL(cell_forward)(
  size_t cells, size_t gates, const float *pre, const float *gain, const float *bias,
  const float *previous_cell, float *normalised, float *inverse_rms, float *activations,
  float *cell, float *cell_tanh, float *hidden) {
  for (size_t g = 0; g < gates; g++) {
    float mean = KERNEL(sum_of_products)(cells, pre + g * cells, pre + g * cells) / (float)cells;
    inverse_rms[g] = 1.0f / __builtin_sqrtf(mean + 1e-5f);
    vec scale = broadcast(inverse_rms[g]);
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH) {
      vec value = mul(load(pre + i), scale);
      store(normalised + i, value);
      vec z = fused(value, load(gain + i), load(bias + i));
      store(activations + i, g == 1 ? KERNEL(tanh)(z) : KERNEL(sigmoid)(z));
    }
  }
  for (size_t i = 0; i < cells; i += WIDTH) {
    vec forget = load(activations + i);
    vec input =
      gates == 4 ? load(activations + 3 * cells + i) : sub(broadcast(1.0f), forget);
    vec c = fused(forget, load(previous_cell + i), mul(input, load(activations + cells + i)));
    vec t = KERNEL(tanh)(c);
    store(cell + i, c);
    store(cell_tanh + i, t);
    store(hidden + i, mul(load(activations + 2 * cells + i), t));
  }
}

// x (1 - x), the derivative of the sigmoid from its value.
INLINE vec KERNEL(sigmoid_slope)(vec x) { return mul(x, sub(broadcast(1.0f), x)); }
// 1 - x^2, that of tanh.
INLINE vec KERNEL(tanh_slope)(vec x) { return sub(broadcast(1.0f), mul(x, x)); }

TARGET static void KERNEL(cell_backward)(
  size_t cells, size_t gates, const float *hidden_gradient, float *cell_gradient,
  const float *gain, const float *previous_cell, const float *normalised,
  const float *inverse_rms, const float *activations, const float *cell_tanh, float *pre_gradient,
  float *gain_gradient, float *bias_gradient) {
  for (size_t i = 0; i < cells; i += WIDTH) {
    vec forget = load(activations + i), candidate = load(activations + cells + i);
    vec output = load(activations + 2 * cells + i), t = load(cell_tanh + i);
    vec before = load(previous_cell + i), dhidden = load(hidden_gradient + i);
    vec dcell =
      fused(mul(dhidden, output), KERNEL(tanh_slope)(t), load(cell_gradient + i));
    store(cell_gradient + i, mul(dcell, forget));
    store(pre_gradient + 2 * cells + i, mul(mul(dhidden, t), KERNEL(sigmoid_slope)(output)));
    if (gates == 4) {
      vec input = load(activations + 3 * cells + i);
      store(pre_gradient + i, mul(mul(dcell, before), KERNEL(sigmoid_slope)(forget)));
      store(pre_gradient + cells + i, mul(mul(dcell, input), KERNEL(tanh_slope)(candidate)));
      store(
        pre_gradient + 3 * cells + i, mul(mul(dcell, candidate), KERNEL(sigmoid_slope)(input)));
    } else {
      store(
        pre_gradient + i,
        mul(mul(dcell, sub(before, candidate)), KERNEL(sigmoid_slope)(forget)));
      store(
        pre_gradient + cells + i,
        mul(mul(dcell, sub(broadcast(1.0f), forget)), KERNEL(tanh_slope)(candidate)));
    }
  }
  for (size_t g = 0; g < gates; g++) {
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH) {
      vec d = load(pre_gradient + i);
      store(gain_gradient + i, fused(d, load(normalised + i), load(gain_gradient + i)));
      store(bias_gradient + i, add(load(bias_gradient + i), d));
      store(pre_gradient + i, mul(d, load(gain + i)));
    }
    float mean =
      KERNEL(sum_of_products)(cells, pre_gradient + g * cells, normalised + g * cells) /
      (float)cells;
    vec minus_mean = broadcast(-mean), scale = broadcast(inverse_rms[g]);
    for (size_t i = g * cells; i < (g + 1) * cells; i += WIDTH)
      store(
        pre_gradient + i, mul(scale, fused(load(normalised + i), minus_mean, load(pre_gradient + i))));
  }
}
