// Transposes a block of 16 x 16 floats one by one: 16 floats are a cache line.
#define TRANSPOSE_BLOCK 16

static inline void transpose_block(const float *x, size_t x_row, float *y, size_t y_row) {
  for (int j = 0; j < 16; j++)
    for (int i = 0; i < 16; i++) y[j * y_row + i] = x[i * x_row + j];
}
