// swift-tools-version: 6.2
import PackageDescription

/// What must not compile; Scripts/test-consumer asks for it, to see that it does not.
let mistakes: [Target] =
  Context.environment["MAGE_MISTAKES"] == nil
  ? []
  : [
    .target(
      name: "Unbound", dependencies: ["Greeting", .product(name: "Mage", package: "mage-swift")],
      path: "Mistakes/Unbound")
  ]

/// A package of somebody who uses Mage: built and run by Scripts/test-consumer, to show that what the README says of an own package works.
let package = Package(
  name: "greeter",
  dependencies: [.package(name: "mage-swift", path: "../..")],
  targets: [
    // The interface and what implements it. (SwiftPM wants one Swift file at least in a target.)
    .target(
      name: "Greeting",
      dependencies: [.product(name: "Mage", package: "mage-swift")],
      plugins: [.plugin(name: "MagenPlugin", package: "mage-swift")]),
    .executableTarget(
      name: "greeter-worker",
      dependencies: ["Greeting", .product(name: "MageWorker", package: "mage-swift")]),
    .executableTarget(
      name: "greeter-host",
      dependencies: [
        "Greeting", "greeter-worker",
        .product(name: "MageHost", package: "mage-swift"),
        .product(name: "MagePolicy", package: "mage-swift"),
        .product(name: "mage-launcher", package: "mage-swift"),
      ]),
  ] + mistakes
)
