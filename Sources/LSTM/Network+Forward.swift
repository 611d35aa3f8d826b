// SPDX-License-Identifier: Apache-2.0

import CKernels

/// The forward step: what a network does to predict.
extension Network {
  /// Asks the memory for what tells where the rows of a lane's contexts are; worth while if
  /// ``predict(after:contexts:ngrams:)``, which asks for it too, follows some time after it.
  package func prefetch(
    contexts hashes: UnsafeBufferPointer<UInt64>, ngrams ngramHashes: UnsafeBufferPointer<UInt64>
  ) {
    precondition(
      hashes.count >= configuration.contexts && ngramHashes.count >= configuration.ngrams,
      "fewer hashes than a lane has")
    if let ngrams {
      for index in 0..<configuration.ngrams {
        ngrams.index.prefetchChecks(ofHash: ngramHashes[index])
      }
    }
    for index in 0..<configuration.contexts { embeddings.prefetchOwners(ofHash: hashes[index]) }
  }

  /// Notes the rows of the current step's contexts in the window.
  func lookUpRows(
    _ hashes: UnsafeBufferPointer<UInt64>, _ ngramHashes: UnsafeBufferPointer<UInt64>
  ) {
    let embeddings = self.embeddings
    let count = lanes * configuration.contexts
    let ngramCount = lanes * configuration.ngrams
    for lane in 0..<lanes {
      prefetch(
        contexts: UnsafeBufferPointer(rebasing: hashes[(lane * configuration.contexts)...]),
        ngrams: UnsafeBufferPointer(rebasing: ngramHashes[(lane * configuration.ngrams)...]))
    }
    if let ngrams {
      let found = window.ngramRows.pointer + step * ngramCount
      for index in 0..<ngramCount {
        let row = ngrams.index.row(forHash: ngramHashes[index])
        found[index] = Int32(truncatingIfNeeded: row)
        ngrams.prefetch(row: row, kernels: kernels)
      }
    }
    let found = window.embeddingRows.pointer + step * count
    for index in 0..<count {
      let row = embeddings.row(forHash: hashes[index])
      found[index] = Int32(truncatingIfNeeded: row)
    }
  }

  /// Computes the probabilities of the current step from its rows and the state before it.
  func forward() {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let firstRow = step * lanes
    let hiddenBefore = window.hidden.pointer + firstRow * window.hiddenStride
    let hidden = hiddenBefore + lanes * window.hiddenStride
    for layer in 0..<configuration.layers {
      let tensors = layout.layers[layer]
      let first = layer * cells
      multiplyRecurrent(layer: layer, hiddenBefore + first)
      if layer > 0 {
        quantise(outputs: hidden + first - cells, count: cells)
        multiply(
          by: tensors.lower.quantised, into: preActivation.pointer, stride: width,
          accumulating: true)
      } else if let ngrams {
        gatherFeatures(ngrams, firstRow: firstRow)
        inputs.fill(
          rows: lanes, count: configuration.features,
          window.features.pointer + firstRow * configuration.features,
          stride: configuration.features, greatest: nil, kernels: kernels)
        multiply(
          by: tensors.lower.quantised, into: preActivation.pointer, stride: width,
          accumulating: true)
      }
      for lane in 0..<lanes {
        addEmbeddings(layer: layer, lane: lane)
        stepCells(layer: layer, lane: lane)
      }
    }
    let logits = window.probabilities.pointer + firstRow * 256
    quantise(outputs: hidden, count: window.hiddenStride)
    multiply(by: layout.output.quantised, into: logits, stride: 256, accumulating: false)
    for lane in 0..<lanes {
      kernels.softmax(count: 256, logits + lane * 256, into: logits + lane * 256)
    }
  }

  /// Quantises `count` outputs of each lane, which are at most 1 in size, for a product.
  private func quantise(outputs: UnsafePointer<Float>, count: Int) {
    inputs.fill(
      rows: lanes, count: count, outputs, stride: window.hiddenStride, greatest: 1, kernels: kernels
    )
  }

  /// Multiplies the quantised inputs by a matrix.
  private func multiply(
    by matrix: ParameterLayout.Quantised, into y: UnsafeMutablePointer<Float>, stride: Int,
    accumulating: Bool
  ) {
    products.multiply(
      inputs, by: matrix, into: y, stride: stride, accumulating: accumulating, kernels: kernels)
  }

  /// Sets the pre-activations to the product of a layer's outputs before with the recurrent weights.
  ///
  /// In the first layer in parts, between which the memory is asked for some of the rows that are added
  /// afterwards: for all at once a processor would have to wait.
  private func multiplyRecurrent(layer: Int, _ outputs: UnsafePointer<Float>) {
    let width = configuration.gateWidth
    let rows = embeddings.rows
    let count = layer == 0 ? lanes * configuration.contexts : 0
    let found = window.embeddingRows.pointer + step * count
    let matrix = layout.layers[layer].recurrent.quantised
    let products = self.products
    quantise(outputs: outputs, count: configuration.cells)
    let part = count == 0 ? width : 128
    for first in stride(from: 0, to: width, by: part) {
      let end = min(first + part, width)
      for index in count * first / width..<count * end / width {
        kernels.prefetch(rows.elements(ofRow: Int(found[index])), count: width)
      }
      products.multiply(
        inputs, by: matrix, from: first, columns: end - first,
        into: preActivation.pointer + first, stride: width, accumulating: false, kernels: kernels)
    }
  }

  /// Copies the n-gram embeddings of the current step to the window's features.
  private func gatherFeatures(_ ngrams: NgramEmbeddings, firstRow: Int) {
    let width = configuration.ngramWidth
    for index in firstRow * configuration.ngrams..<(firstRow + lanes) * configuration.ngrams {
      ngrams.copy(
        row: Int(window.ngramRows.pointer[index]), width: width,
        to: window.features.pointer + index * width)
    }
  }

  /// Adds the embedding rows of a lane to its pre-activations.
  private func addEmbeddings(layer: Int, lane: Int) {
    let width = configuration.gateWidth
    let contexts = layer == 0 ? configuration.contexts : 0
    let row = step * lanes + lane
    for index in 0..<contexts {
      let embedding = Int(window.embeddingRows.pointer[row * contexts + index])
      rowPointers[index] = UnsafePointer(embeddings.rows.elements(ofRow: embedding))
    }
    kernels.addRows(
      width: width, byteEmbeddings[layer].elements(ofRow: Int(window.inputs.pointer[row])),
      count: contexts, rowPointers, to: preActivation.pointer + lane * width)
  }

  /// A lane's cells and outputs from its pre-activations.
  private func stepCells(layer: Int, lane: Int) {
    let width = configuration.gateWidth
    let cells = configuration.cells
    let allCells = configuration.allCells
    let before = step * lanes + lane
    let after = before + lanes
    kernels.cellForward(
      cells: cells, gates: configuration.gates, preActivation.pointer + lane * width,
      gain: products.gain(layer: layer), bias: products.bias(layer: layer),
      previousCell: window.cell.pointer + before * allCells + layer * cells,
      normalised: window.normalised[layer].pointer + before * width,
      inverseRMS: window.inverseRMS[layer].pointer + before * 4,
      activations: window.activations[layer].pointer + before * width,
      cell: window.cell.pointer + after * allCells + layer * cells,
      cellTanh: window.cellTanh.pointer + before * allCells + layer * cells,
      hidden: window.hidden.pointer + after * window.hiddenStride + layer * cells)
  }
}
