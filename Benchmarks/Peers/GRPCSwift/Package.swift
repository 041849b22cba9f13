// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Mage builds gRPC.
let package = Package(
  name: "peer-grpc-swift",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
  ],
  targets: [
    .executableTarget(
      name: "peer-grpc-swift",
      dependencies: [
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
      ],
      path: "Sources", swiftSettings: [.swiftLanguageMode(.v6)])
  ])
