// SPDX-License-Identifier: Apache-2.0

/// A step of one layer's cells, forward and backward.
extension ReferenceKernels {
  /// What a step computes, and backpropagation needs.
  package struct CellStep<Scalar: ReferenceScalar> {
    package var normalised: [Scalar] = []  // (gates * cells)
    package var inverseRMS: [Scalar] = []  // (gates)
    package var activations: [Scalar] = []  // (gates * cells): forget, candidate, output, input
    package var cell: [Scalar] = []  // (cells)
    package var cellTanh: [Scalar] = []  // (cells)
    package var hidden: [Scalar] = []  // (cells): the outputs
  }

  /// From pre-activations (gates * cells): RMS norm a gate, gain and bias, then the LSTM's cell.
  package static func cellForward<Scalar: ReferenceScalar>(
    cells: Int, gates: Int, _ pre: [Scalar], gain: [Scalar], bias: [Scalar],
    previousCell: [Scalar]
  ) -> CellStep<Scalar> {
    var step = CellStep<Scalar>()
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      let mean = sum16(Array(pre[range]), Array(pre[range])) / Scalar(cells)
      let inverse = 1 / (mean + 1e-5).squareRoot()
      step.inverseRMS.append(inverse)
      for i in range {
        let value = pre[i] * inverse
        let z = bias[i].addingProduct(value, gain[i])
        step.normalised.append(value)
        step.activations.append(gate == 1 ? Scalar.hyperbolicTangent(z) : Scalar.sigmoid(z))
      }
    }
    let a = step.activations
    for i in 0..<cells {
      let input = gates == 4 ? a[3 * cells + i] : 1 - a[i]
      let cell = (input * a[cells + i]).addingProduct(a[i], previousCell[i])
      let t = Scalar.hyperbolicTangent(cell)
      step.cell.append(cell)
      step.cellTanh.append(t)
      step.hidden.append(a[2 * cells + i] * t)
    }
    return step
  }

  package struct CellGradients<Scalar: ReferenceScalar> {
    package var cell: [Scalar]  // (cells): from the step after, then for the step before
    package var pre: [Scalar]  // (gates * cells): of this step
    package var gain: [Scalar]  // (gates * cells): sum over the steps so far
    package var bias: [Scalar]  // (gates * cells): the same

    package init(cell: [Scalar], pre: [Scalar], gain: [Scalar], bias: [Scalar]) {
      (self.cell, self.pre, self.gain, self.bias) = (cell, pre, gain, bias)
    }
  }

  /// Goes on from the gradients of the step after, `start`, and that of this step's outputs.
  package static func cellBackward<Scalar: ReferenceScalar>(
    cells: Int, gates: Int, hiddenGradient: [Scalar], gain: [Scalar], previousCell: [Scalar],
    _ step: CellStep<Scalar>, _ start: CellGradients<Scalar>
  ) -> CellGradients<Scalar> {
    var result = start
    let a = step.activations
    for i in 0..<cells {
      let (forget, candidate, output) = (a[i], a[cells + i], a[2 * cells + i])
      let t = step.cellTanh[i]
      let dcell = start.cell[i].addingProduct(hiddenGradient[i] * output, 1 - t * t)
      result.cell[i] = dcell * forget
      result.pre[2 * cells + i] = (hiddenGradient[i] * t) * (output * (1 - output))
      if gates == 4 {
        let input = a[3 * cells + i]
        result.pre[i] = (dcell * previousCell[i]) * (forget * (1 - forget))
        result.pre[cells + i] = (dcell * input) * (1 - candidate * candidate)
        result.pre[3 * cells + i] = (dcell * candidate) * (input * (1 - input))
      } else {
        result.pre[i] = (dcell * (previousCell[i] - candidate)) * (forget * (1 - forget))
        result.pre[cells + i] = (dcell * (1 - forget)) * (1 - candidate * candidate)
      }
    }
    // Back through gain, bias and the norm.
    for gate in 0..<gates {
      let range = gate * cells..<(gate + 1) * cells
      for i in range {
        result.gain[i] = result.gain[i].addingProduct(result.pre[i], step.normalised[i])
        result.bias[i] += result.pre[i]
        result.pre[i] *= gain[i]
      }
      let mean = sum16(Array(result.pre[range]), Array(step.normalised[range])) / Scalar(cells)
      for i in range {
        result.pre[i] =
          step.inverseRMS[gate] * result.pre[i].addingProduct(step.normalised[i], -mean)
      }
    }
    return result
  }
}
