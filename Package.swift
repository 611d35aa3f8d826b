// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lstmzip",
  products: [
    .library(name: "ArithmeticCoder", targets: ["ArithmeticCoder"])
  ],
  targets: [
    .target(name: "ArithmeticCoder"),
    .testTarget(name: "ArithmeticCoderTests", dependencies: ["ArithmeticCoder"]),
  ],
  swiftLanguageModes: [.v6]
)
