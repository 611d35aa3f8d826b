// SPDX-License-Identifier: Apache-2.0

import CKernels

/// The numbers of a row: binary32, or the bits of binary16, which take half the memory.
protocol RowElement: BitwiseCopyable, Numeric {
  /// The optimiser's step for a row; `CKernels.h` defines it and its arguments.
  typealias Step = (
    _ width: Int, _ row: UnsafePointer<Self>?, _ gradient: UnsafePointer<Float>?,
    _ meanSquare: Float, _ secondMoment: UnsafeMutablePointer<Float>?, _ rate: Float,
    _ beta2: Float, _ epsilon: Float, _ result: UnsafeMutablePointer<Self>?
  ) -> Void

  /// The step of an instruction set.
  static func step(of kernels: Kernels) -> Step
}

extension Float: RowElement {
  @inline(__always)
  static func step(of kernels: Kernels) -> Step { kernels.table.pointee.row_step }
}

extension UInt16: RowElement {
  @inline(__always)
  static func step(of kernels: Kernels) -> Step { kernels.table.pointee.half_row_step }
}
