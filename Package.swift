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
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["CKernels"], path: "Benchmarks/kernel-benchmark"),
    .testTarget(name: "ArithmeticCoderTests", dependencies: ["ArithmeticCoder"]),
    .target(name: "ReferenceKernels", path: "Tests/ReferenceKernels"),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "ReferenceKernels"]),
    .testTarget(name: "LSTMTests", dependencies: ["LSTM", "ReferenceKernels"]),
  ],
  swiftLanguageModes: [.v6]
)
