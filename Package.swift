// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
  name: "lstmzip",
  products: [
    .executable(name: "lstmzip", targets: ["lstmzip"]),
    .library(name: "LSTMArchive", targets: ["LSTMArchive"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    // What the system and other libraries give.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CPlatform"),
    .target(name: "Platform", dependencies: ["CPlatform"]),
    .target(name: "Serialisation", dependencies: ["CZlib"]),

    // The arithmetic. The portable kernels call fmaf where the processor has no fused multiply-add.
    .target(
      name: "CKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "CMixing"),
    .target(name: "ArithmeticCoder"),

    .target(name: "Deflate", dependencies: ["ArithmeticCoder"]),

    // The models.
    .target(
      name: "Content", dependencies: ["ArithmeticCoder", "CZlib", "Deflate", "Serialisation"]),
    .target(name: "Contexts", dependencies: ["Content", "Platform"]),
    .target(
      name: "ContextMixing", dependencies: ["CMixing", "Content", "Contexts", "Platform"]),
    .target(name: "LSTM", dependencies: ["CKernels", "Platform"]),
    // The model is embedded by the compiler; a change of one needs a change of Models.c to be seen.
    .target(name: "CTrainedModel", exclude: ["model-1.lstmmodel"]),
    .target(
      name: "TrainedModels",
      dependencies: ["Content", "Contexts", "CTrainedModel", "LSTM", "Platform", "Serialisation"]),
    .target(
      name: "Prediction",
      dependencies: [
        "ArithmeticCoder", "Content", "ContextMixing", "Contexts", "LSTM", "Platform",
        "Serialisation", "TrainedModels",
      ]),

    // The archive, and what is made of it.
    .target(
      name: "Archive",
      dependencies: ["Content", "LSTM", "Prediction", "Serialisation", "TrainedModels"]),
    .target(
      name: "LSTMArchive",
      dependencies: [
        "Archive", "Content", "ContextMixing", "LSTM", "Platform", "Prediction", "Serialisation",
        "TrainedModels",
      ],
      path: "Sources/Compressor"),
    .target(
      name: "Training",
      dependencies: [
        "Content", "Contexts", "LSTM", "Platform", "Prediction", "Serialisation", "TrainedModels",
      ]),
    .executableTarget(
      name: "lstmzip",
      dependencies: [
        "CZlib", "Content", "Contexts", "LSTM", "LSTMArchive", "Platform", "Prediction",
        "Serialisation", "TrainedModels", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Small experiments that show how recurrent networks work: docs/RECURRENT.md.
    .target(name: "Lab", dependencies: ["CZlib"]),
    .executableTarget(name: "lstm-lab", dependencies: ["Lab", "LSTMArchive"]),
    .executableTarget(
      name: "deflate-streams", dependencies: ["Content", "Deflate"],
      path: "Benchmarks/deflate-streams"),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["CKernels"], path: "Benchmarks/kernel-benchmark"),

    // The definition of the network, in plain Swift: what the tests hold the fast one to.
    .target(name: "ReferenceLSTM"),
    // The samples of the tests.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .executableTarget(
      name: "fuzz-containers",
      dependencies: [
        "Archive", "CZlib", "LSTMArchive", "Platform", "Serialisation", "TestSupport",
      ],
      path: "Tests/fuzz"),
    .testTarget(name: "ArithmeticCoderTests", dependencies: ["ArithmeticCoder", "TestSupport"]),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "ReferenceLSTM"]),
    .testTarget(
      name: "ContextMixingTests",
      dependencies: [
        "ArithmeticCoder", "CMixing", "Content", "ContextMixing", "Contexts", "Platform",
        "TestSupport",
      ]),
    .testTarget(name: "ContentTests", dependencies: ["CZlib", "Content", "Deflate"]),
    .testTarget(name: "DeflateTests", dependencies: ["CZlib", "Deflate", "TestSupport"]),
    .testTarget(name: "LabTests", dependencies: ["Lab"]),
    .testTarget(
      name: "LSTMTests",
      dependencies: ["CKernels", "LSTM", "Platform", "ReferenceLSTM", "TestSupport"]),
    .testTarget(
      name: "CompressorTests",
      dependencies: [
        "Archive", "CPlatform", "Content", "Contexts", "LSTM", "LSTMArchive", "Platform",
        "Prediction", "Serialisation", "TestSupport", "TrainedModels", "Training",
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "LSTM", "LSTMArchive", "Platform", "Serialisation", "TestSupport", "TrainedModels",
        "Training",
      ]),
    .testTarget(
      name: "lstmzipTests",
      dependencies: ["LSTM", "LSTMArchive", "Serialisation", "TestSupport", "Training", "lstmzip"]),
  ],
  swiftLanguageModes: [.v6]
)
