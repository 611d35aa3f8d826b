// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lstmzip",
  products: [
    .library(name: "ArithmeticCoder", targets: ["ArithmeticCoder"]),
    .library(name: "LSTM", targets: ["LSTM"]),
  ],
  targets: [
    .target(name: "ArithmeticCoder"),
    // The portable kernels call fmaf where the processor has no fused multiply-add.
    .target(
      name: "CKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "LSTM", dependencies: ["CKernels"]),
    .testTarget(name: "ArithmeticCoderTests", dependencies: ["ArithmeticCoder"]),
    .testTarget(name: "LSTMTests", dependencies: ["LSTM", "CKernels"]),
  ],
  swiftLanguageModes: [.v6]
)
