import CMixing
import Contexts

/// A layer of logistic mixers: each adds up the inputs by the weights that its own small context
/// selects, and after the bit moves those weights along the gradient of the coding cost.
///
/// Inputs and outputs are in the logistic domain. Weights are 16-bit integers.
/// (Mahoney, "Adaptive weighing of context models", 2005, section 3.2: gated linear networks
/// before the name.)
struct MixerLayer {
  /// The inputs, up to `inputCount` and zero beyond.
  let inputs: UnsafeMutablePointer<Int16>
  /// The mixers' predictions, clipped to the range of an input.
  let outputs: UnsafeMutablePointer<Int>
  private let length: Int32
  let mixerCount: Int
  private let vectorCount: Int
  /// The base 2 logarithm of a weight of one.
  private let weightBits: Int
  private let weights: UnsafeMutablePointer<Int16>
  private let offsets: UnsafeMutablePointer<UInt32>
  private let bases: UnsafeMutablePointer<UInt32>
  private let sums: UnsafeMutablePointer<Int32>
  /// Per weight vector how often it was used, up to 1023.
  private let visits: UnsafeMutablePointer<UInt32>
  /// Per mixer the index of its first weight vector, and of the selected one.
  private let starts: UnsafeMutablePointer<UInt32>
  private let selected: UnsafeMutablePointer<Int>
  /// Per number of uses what is added to the learning rate.
  private let bonus: UnsafeMutablePointer<Int32>
  private let steps: UnsafeMutablePointer<Int16>
  private let dot: cmixing_dot
  private let learn: cmixing_learn
  private let logistic: Logistic

  /// Makes mixers of `inputCount` inputs; mixer `i` chooses among `selectorCounts[i]` weight
  /// vectors, which all start as `initialWeight` for every input; 2^`weightBits` is a weight of one.
  init(
    inputCount: Int, selectorCounts: [Int], weightBits: Int, initialWeight: Int16,
    logistic: Logistic, kernels: cmixing_kernels, arena: Arena
  ) {
    let lanes = Int(CMIXING_LANES)
    let padded = (inputCount + lanes - 1) / lanes * lanes
    length = Int32(padded)
    mixerCount = selectorCounts.count
    vectorCount = selectorCounts.reduce(0, +)
    self.weightBits = weightBits
    inputs = arena.allocate(padded, repeating: 0)
    outputs = arena.allocate(mixerCount, repeating: 0)
    offsets = arena.allocate(mixerCount, repeating: 0)
    bases = arena.allocate(mixerCount, repeating: 0)
    sums = arena.allocate(mixerCount, repeating: 0)
    steps = arena.allocate(mixerCount, repeating: 0)
    weights = arena.allocate(padded * selectorCounts.reduce(0, +), repeating: initialWeight)
    visits = arena.allocate(selectorCounts.reduce(0, +), repeating: 0)
    starts = arena.allocate(mixerCount, repeating: 0)
    selected = arena.allocate(mixerCount, repeating: 0)
    bonus = arena.allocate(1024, repeating: 0)
    for n in 0..<1023 { bonus[n] = Int32(80_000 / (n + 100)) }
    var base = 0
    for (i, count) in selectorCounts.enumerated() {
      bases[i] = UInt32(base * padded)
      starts[i] = UInt32(base)
      base += count
    }
    dot = kernels.dot
    learn = kernels.learn
    self.logistic = logistic
  }

  /// Mixers of at most this many weight vectors pass on each of them to other contents, others their
  /// mean: what depends on a content's own bytes is for each content to learn.
  private static let greatestKept = 256
  /// How often a vector counts as used that another content has taught.
  private static let taughtVisits: UInt32 = 60

  /// Visits the weights that other contents can start from, in a fixed order: as they are to be read,
  /// or as `visit` returns them to be written.
  ///
  /// Vectors that were never used count as the mean of the others of their mixer.
  func exchange(_ visit: (Int16) -> Int16?) {
    let length = Int(length)
    for mixer in 0..<mixerCount {
      let first = Int(starts[mixer])
      let end = mixer + 1 < mixerCount ? Int(starts[mixer + 1]) : vectorCount
      let mean = meanVector(first..<end)
      for vector in end - first > Self.greatestKept ? first..<first + 1 : first..<end {
        let isWhole = end - first <= Self.greatestKept && visits[vector] > 0
        for i in 0..<length {
          let weight = isWhole ? weights[vector * length + i] : mean[i]
          guard let taught = visit(weight) else { continue }
          let targets = end - first > Self.greatestKept ? first..<end : vector..<vector + 1
          for target in targets {
            weights[target * length + i] = taught
            visits[target] = Self.taughtVisits
          }
        }
      }
    }
  }

  /// The mean of vectors, each as often as it was used; of vectors that never were the first one.
  private func meanVector(_ vectors: Range<Int>) -> [Int16] {
    let length = Int(length)
    var sums = [Int](repeating: 0, count: length)
    var count = 0
    for vector in vectors where visits[vector] > 0 {
      count += Int(visits[vector])
      for i in 0..<length { sums[i] += Int(visits[vector]) * Int(weights[vector * length + i]) }
    }
    guard count > 0 else {
      return (0..<length).map { weights[vectors.lowerBound * length + $0] }
    }
    return sums.map { Int16(truncatingIfNeeded: $0 / count) }
  }

  /// Chooses the weights of mixer `i` for the next bit, and asks the memory for them.
  @inline(__always)
  func select(_ i: Int, _ selector: Int) {
    selected[i] = Int(starts[i]) &+ selector
    offsets[i] = bases[i] &+ UInt32(truncatingIfNeeded: selector) &* UInt32(bitPattern: length)
    let vector = weights + Int(offsets[i])
    cmixing_prefetch(vector)
    cmixing_prefetch(vector + 32)
    cmixing_prefetch(visits + selected[i])
  }

  /// Computes the outputs.
  @inline(__always)
  func mix() {
    dot(inputs, weights, offsets, sums, length, Int32(truncatingIfNeeded: mixerCount))
    for i in 0..<mixerCount {
      let sum = Int(sums[i]) &>> (weightBits &- 8)
      outputs[i] = max(-Logistic.inputLimit, min(Logistic.inputLimit, sum))
    }
  }

  /// Moves the selected weights; `rate` is in units of 2⁻¹⁷ for weights of 16 bits after the point.
  @inline(__always)
  func update(bit: Int, rate: Int) {
    for i in 0..<mixerCount {
      let visit = visits + selected[i]
      let rate = rate &+ Int(bonus[Int(visit.pointee)])
      visit.pointee = min(visit.pointee &+ 1, 1023)
      let p = logistic.coarseSquash(outputs[i])
      let error = (bit &<< 16) &- bit &- p
      steps[i] = Int16(truncatingIfNeeded: max(-32_767, min(32_767, (error &* rate + 8192) &>> 14)))
    }
    learn(inputs, weights, offsets, steps, length, Int32(truncatingIfNeeded: mixerCount))
  }
}
