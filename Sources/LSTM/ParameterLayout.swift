/// Where each dense tensor lies in the one block that holds them all.
///
/// One block, so that the optimiser takes its step in a single pass.
struct ParameterLayout {
  /// A matrix in row-major order, or a vector as one row.
  struct Tensor: Hashable, Sendable {
    var name: String
    /// First float in the block.
    var offset: Int
    var rows: Int
    var columns: Int
    var count: Int { rows * columns }
    /// First word in the block of what prediction reads: the matrices in bfloat16, two rows a word.
    var packedOffset: Int
    /// Words there of the rows before `row`, an even one.
    func packedCount(rowsBefore row: Int) -> Int { (row + 1) / 2 * columns }
  }

  /// The dense tensors of one layer.
  struct Layer: Hashable, Sendable {
    /// From the layer's own last output to its gates: cells x gate width.
    var recurrent: Tensor
    /// From the layer below to the gates: cells x gate width; in the first layer from the n-gram
    /// embeddings, of as many rows as they have numbers.
    var lower: Tensor
    /// RMS norm's gain, one a gate and cell.
    var gain: Tensor
    /// Added after the norm, one a gate and cell.
    var bias: Tensor
  }

  var layers: [Layer] = []
  /// From the outputs of all layers and a constant 1 to the logits: (all cells + 1) x 256.
  ///
  /// The last row is the bias.
  var output: Tensor
  /// Floats of the block.
  var count: Int
  /// Words of the block of packed matrices.
  var packedCount: Int

  /// Lays out the tensors of a network, layer by layer and then the output.
  init(_ configuration: NetworkConfiguration) {
    var end = 0
    var packedEnd = 0
    func tensor(_ name: String, rows: Int, columns: Int) -> Tensor {
      let tensor = Tensor(
        name: name, offset: end, rows: rows, columns: columns, packedOffset: packedEnd)
      end += tensor.count
      packedEnd += tensor.packedCount(rowsBefore: rows)
      return tensor
    }
    let cells = configuration.cells
    let width = configuration.gateWidth
    for layer in 0..<configuration.layers {
      layers.append(
        Layer(
          recurrent: tensor("layer \(layer) recurrent", rows: cells, columns: width),
          lower: tensor(
            "layer \(layer) lower", rows: layer == 0 ? configuration.features : cells,
            columns: width),
          gain: tensor("layer \(layer) gain", rows: 1, columns: width),
          bias: tensor("layer \(layer) bias", rows: 1, columns: width)))
    }
    output = tensor("output", rows: configuration.allCells + 1, columns: 256)
    count = end
    packedCount = packedEnd
  }

  /// Every tensor, in the order of the block.
  var tensors: [Tensor] {
    layers.flatMap { [$0.recurrent, $0.lower, $0.gain, $0.bias] } + [output]
  }
}
