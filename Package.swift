// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lstmzip",
  products: [
    .executable(name: "lstmzip", targets: ["lstmzip"]),
    .library(name: "Compressor", targets: ["Compressor"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "LSTM", targets: ["LSTM"]),
    .library(name: "ArithmeticCoder", targets: ["ArithmeticCoder"]),
    .library(name: "Contexts", targets: ["Contexts"]),
    .library(name: "ContextMixing", targets: ["ContextMixing"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .target(name: "ArithmeticCoder"),
    // The portable kernels call fmaf where the processor has no fused multiply-add.
    .target(
      name: "CKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "LSTM", dependencies: ["CKernels"]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    // The models are embedded by the compiler; a change of one needs a change of models.c to be seen.
    .target(name: "CPrior", exclude: ["model-1.lstmmodel"]),
    .target(
      name: "Compressor",
      dependencies: ["ArithmeticCoder", "ContextMixing", "Contexts", "CPrior", "CZlib", "LSTM"]),
    .target(name: "Training", dependencies: ["Compressor", "Contexts", "LSTM"]),
    .executableTarget(
      name: "lstmzip",
      dependencies: [
        "Compressor", "LSTM", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["CKernels"], path: "Benchmarks/kernel-benchmark"),
    .target(name: "CMixing"),
    .target(name: "Contexts"),
    .target(name: "ContextMixing", dependencies: ["CMixing", "Contexts"]),
    .testTarget(
      name: "ContextMixingTests",
      dependencies: ["ContextMixing", "CMixing", "Contexts", "ArithmeticCoder"]),
    .testTarget(name: "ArithmeticCoderTests", dependencies: ["ArithmeticCoder"]),
    .target(name: "ReferenceKernels", path: "Tests/ReferenceKernels"),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "Compressor", "LSTM"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "ReferenceKernels"]),
    .testTarget(
      name: "CompressorTests", dependencies: ["Compressor", "Contexts", "LSTM", "Training"]),
    .testTarget(
      name: "lstmzipTests", dependencies: ["lstmzip", "Compressor", "LSTM", "Training"]),
    .testTarget(name: "LSTMTests", dependencies: ["LSTM", "ReferenceKernels"]),
  ],
  swiftLanguageModes: [.v6]
)
