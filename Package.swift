// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every Swift target: language mode 6, the features that swift-subprocess and SwiftNIO build with, and
/// warnings as errors.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Targets that handle raw memory say so at each place.
let strict: [SwiftSetting] = settings + [.strictMemorySafety()]

let package = Package(
  name: "mage-swift",
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")
  ],
  targets: [
    // In dependency order: arrows point up the list only.
    .target(name: "CMageSystem"),
    .executableTarget(name: "mage-launcher", dependencies: ["CMageSystem"]),
    .target(name: "MageSystem", dependencies: ["CMageSystem"], swiftSettings: strict),
    .target(name: "MageWire", swiftSettings: strict),
    .target(
      name: "MagePipes",
      dependencies: [
        "MageSystem", "MageWire",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    .target(
      name: "Mage", dependencies: ["MagePipes", "MageSystem", "MageWire"], swiftSettings: settings),
    .target(
      name: "MageWorker", dependencies: ["Mage", "MagePipes", "MageSystem", "MageWire"],
      swiftSettings: settings),
    .target(name: "MagePolicy", dependencies: ["MageSystem"], swiftSettings: settings),
  ]
)
