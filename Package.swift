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

/// The demo, and what makes its samples.
let demo: [Target] = [
  .target(
    name: "CImageCodecs", path: "Examples/CImageCodecs",
    linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
  .target(
    name: "DemoSupport", dependencies: ["CImageCodecs"], path: "Examples/DemoSupport",
    swiftSettings: strict),
  .target(
    name: "DemoInterface", dependencies: ["Mage"], path: "Examples/DemoInterface",
    swiftSettings: settings, plugins: ["MagenPlugin"]),
  .target(name: "CRawCalls", path: "Examples/CRawCalls"),
  .target(
    name: "CrimeSimulation", dependencies: ["CRawCalls", "MageWire"],
    path: "Examples/CrimeSimulation",
    swiftSettings: settings),
  .target(
    name: "CSampleEncoders", path: "Examples/CSampleEncoders",
    linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
  .executableTarget(
    name: "demo-make-samples", dependencies: ["CSampleEncoders", "DemoSupport"],
    path: "Examples/SampleMaker", swiftSettings: strict),
  .executableTarget(
    name: "demo-worker",
    dependencies: [
      "CrimeSimulation", "DemoInterface", "DemoSupport", "Mage", "MageSystem", "MageWorker",
    ],
    path: "Examples/DemoWorker", swiftSettings: settings),
  .target(
    name: "ExampleSupport", dependencies: ["MageSystem"], path: "Examples/ExampleSupport",
    swiftSettings: settings),
  .executableTarget(
    name: "demo-host",
    dependencies: [
      "DemoInterface", "DemoSupport", "ExampleSupport", "Mage", "MageHost", "MageObserve",
      "MagePolicy", "MageSystem", "mage-launcher", "demo-worker",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Examples/DemoHost", swiftSettings: settings),
  .executableTarget(
    name: "judge",
    dependencies: [
      "MageHost", "MageSystem", "mage-launcher",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Examples/Judge/Sources", swiftSettings: settings),
]

/// Examples that need more than this package: whoever depends on it, or builds it, neither resolves nor builds that. Their `run` scripts ask.
let wantsExamples = Context.environment["MAGE_EXAMPLES"] != nil
let examplePackages: [Package.Dependency] =
  wantsExamples ? [.package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1")] : []
let examples: [Target] =
  !wantsExamples
  ? []
  : [
    .executableTarget(
      name: "image-service",
      dependencies: [
        "CImageCodecs", "DemoInterface", "DemoSupport", "ExampleSupport", "MageHost", "MageSystem",
        "demo-worker", "mage-launcher",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      path: "Examples/ImageService/Sources", swiftSettings: settings),
    .target(
      name: "PluginInterface", dependencies: ["Mage", "MageSystem"],
      path: "Examples/PluginHost/Interface", swiftSettings: settings, plugins: ["MagenPlugin"]),
    .executableTarget(
      name: "plugin-host",
      dependencies: [
        "DemoSupport", "ExampleSupport", "MageHost", "MageSeccomp", "MageSystem", "PluginInterface",
        "mage-launcher",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/PluginHost/Host", swiftSettings: settings),
    plugin("word-count"), plugin("spell-check", "MageSystem"), plugin("pencil", "DemoSupport"),
    plugin("snooper", "MageSystem"),
    // Debian has MuPDF as an archive, which leaves its libraries to whoever links it; none of their headers is needed.
    .target(
      name: "CDocuments", path: "Examples/MiniBrowser/CDocuments",
      linkerSettings: [
        "mupdf", "mupdf-third", "cmark", ":libfreetype.so.6", ":libharfbuzz.so.0", ":libgumbo.so.1",
        ":libmujs.so.2", ":libjbig2dec.so.0", ":libopenjp2.so.7", "jpeg", "z", "m",
      ].map { .linkedLibrary($0) }),
    .target(
      name: "BrowserInterface", dependencies: ["Mage", "MageSystem"],
      path: "Examples/MiniBrowser/Interface", swiftSettings: settings, plugins: ["MagenPlugin"]),
    .executableTarget(
      name: "tab-renderer",
      dependencies: [
        "BrowserInterface", "CDocuments", "CrimeSimulation", "MageSystem", "MageWorker",
      ],
      path: "Examples/MiniBrowser/Renderer", swiftSettings: settings),
    .executableTarget(
      name: "mini-browser",
      dependencies: [
        "BrowserInterface", "DemoSupport", "ExampleSupport", "MageHost", "MageSystem",
        "mage-launcher",
        "tab-renderer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/MiniBrowser/Browser", swiftSettings: settings),
  ]

/// A plug-in of Examples/PluginHost, which in life is somebody else's package.
func plugin(_ name: String, _ more: Target.Dependency...) -> Target {
  .executableTarget(
    name: "plugin-\(name)", dependencies: ["MageWorker", "PluginInterface"] + more,
    path: "Examples/PluginHost/Plugins/\(name)", exclude: ["plugin.json"], swiftSettings: settings)
}

/// A sanitizer's runtime needs the dynamic linker, and its build (Scripts/sanitize) makes every target.
let isSanitized = Context.environment["MAGE_SANITIZE"] != nil

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["MageSystem"], path: "Tests/TestSupport",
    swiftSettings: settings),
  .target(
    name: "ProbeInterface", dependencies: ["CrimeSimulation", "Mage"],
    path: "Tests/ProbeInterface", swiftSettings: settings, plugins: ["MagenPlugin"]),
  .executableTarget(
    name: "hostile-worker",
    dependencies: [
      "CAttempts", "CRawCalls", "CrimeSimulation", "MageSystem", "MageWorker", "ProbeInterface",
    ],
    path: "Tests/HostileWorker", swiftSettings: settings),
  // Without a dynamic linker, as workers are that are to start fast. No test target depends on it, for the flag would reach the test bundle; it is built with the tests all the same.
  .executableTarget(
    name: "static-worker",
    dependencies: ["CrimeSimulation", "CRawCalls", "MageSystem", "MageWorker", "ProbeInterface"],
    path: "Tests/StaticWorker", swiftSettings: settings,
    linkerSettings: isSanitized ? [] : [.unsafeFlags(["-static-executable"])]),
  .executableTarget(name: "deny-namespaces", path: "Tests/DenyNamespaces"),
  .executableTarget(
    name: "weak-launcher", dependencies: ["CMageSystem"], path: "Tests/WeakLauncher"),
  .executableTarget(
    name: "leak-counter",
    dependencies: [
      "CrimeSimulation", "MageHost", "MageSystem", "ProbeInterface", "hostile-worker",
      "mage-launcher",
    ],
    path: "Tests/LeakCounter", swiftSettings: settings),
  .testTarget(
    name: "MageHostTests",
    dependencies: [
      "CMageSystem", "CRawCalls", "CrimeSimulation", "MageHost", "MageObserve", "MagePipes",
      "MagePolicy", "MageSeccomp",
      "MageSystem", "MageWire", "ProbeInterface", "TestSupport", "deny-namespaces",
      "hostile-worker", "leak-counter", "mage-launcher",
      "weak-launcher",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "MageServicesTests",
    dependencies: [
      "MageHost", "MagePolicy", "MageServices", "ProbeInterface", "TestSupport", "hostile-worker",
      "mage-launcher",
      .product(name: "InMemoryLogging", package: "swift-log"),
      .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
      .product(name: "Instrumentation", package: "swift-distributed-tracing"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "Metrics", package: "swift-metrics"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "Tracing", package: "swift-distributed-tracing"),
      .product(name: "MetricsTestKit", package: "swift-metrics"),
      .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
    ],
    swiftSettings: settings),
  .testTarget(
    name: "DemoHostTests", dependencies: ["MageSystem", "TestSupport", "demo-host", "mage"],
    swiftSettings: settings),
  .testTarget(
    name: "MageSystemTests", dependencies: ["CMageSystem", "MageSystem"],
    swiftSettings: settings),
  .testTarget(
    name: "MageWireTests", dependencies: ["MageWire", "TestSupport", "mage-conformance"],
    swiftSettings: settings),
  .testTarget(
    name: "MagePipesTests",
    dependencies: ["CMageSystem", "Mage", "MagePipes", "MageSystem", "MageWire"],
    swiftSettings: settings),
  .testTarget(
    name: "MageTestingTests", dependencies: ["Mage", "MageTesting"], swiftSettings: settings,
    plugins: ["MagenPlugin"]),
  .testTarget(
    name: "MageCommandTests",
    dependencies: [
      "MageDrill", "MageSystem", "TestSupport", "deny-namespaces", "leak-counter", "mage", "magen",
      "mage-launcher",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "MagenCoreTests", dependencies: ["Mage", "MagePipes", "MageSystem", "MagenCore"],
    exclude: ["Interfaces"], swiftSettings: settings),
  .testTarget(
    name: "MagePolicyTests", dependencies: ["MagePolicy"], swiftSettings: settings),
  .testTarget(
    name: "MageSeccompTests", dependencies: ["MagePolicy", "MageSeccomp", "MageSystem"],
    exclude: ["Golden"],
    swiftSettings: settings),
  .testTarget(
    name: "DemoSupportTests", dependencies: ["CImageCodecs", "DemoInterface", "DemoSupport"],
    swiftSettings: settings),
]

/// What `make bench` runs.
let benchmarks: [Target] = [
  .target(name: "CFloor", path: "Benchmarks/CFloor"),
  .target(name: "CMessageFloor", path: "Benchmarks/CMessageFloor"),
  .target(
    name: "BenchInterface", dependencies: ["MageWire"], path: "Benchmarks/BenchInterface",
    swiftSettings: settings, plugins: ["MagenPlugin"]),
  .target(
    name: "BenchPipes", dependencies: ["Mage"], path: "Benchmarks/BenchPipes",
    swiftSettings: settings, plugins: ["MagenPlugin"]),
  // Without a dynamic linker; see static-worker.
  .executableTarget(
    name: "bench-worker", dependencies: ["BenchPipes", "CFloor", "CrimeSimulation", "MageWorker"],
    path: "Benchmarks/BenchWorker", swiftSettings: settings,
    linkerSettings: isSanitized ? [] : [.unsafeFlags(["-static-executable"])]),
  .executableTarget(name: "broker-opener", path: "Benchmarks/BrokerOpener"),
  .executableTarget(name: "floor-process", path: "Benchmarks/FloorProcess"),
  .executableTarget(
    name: "mage-bench",
    dependencies: [
      "BenchInterface", "BenchPipes", "CFloor", "CMessageFloor", "CrimeSimulation", "MageHost",
      "MagePolicy", "MageSeccomp", "MageSystem", "MageWire", "ProbeInterface", "broker-opener",
      "floor-process", "hostile-worker", "mage", "mage-launcher", "magen",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Benchmarks/MageBench", swiftSettings: settings),
]

/// libFuzzer's targets have no main function of their own, so they are here only when Scripts/fuzz asks.
let fuzzers: [Target] =
  Context.environment["MAGE_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "mage-fuzz",
      dependencies: [
        "Mage", "MageHost", "MagePipes", "MagePolicy", "MageSystem", "MageWire", "MagenCore",
      ],
      path: "Fuzz", swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
      // Its main function comes with the fuzzer's library, and no other executable may have that one.
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])])
  ]

let package = Package(
  name: "mage-swift",
  products: [
    .library(name: "Mage", targets: ["Mage"]),
    .library(name: "MageHost", targets: ["MageHost"]),
    .library(name: "MageWorker", targets: ["MageWorker"]),
    .library(name: "MagePolicy", targets: ["MagePolicy"]),
    // For the tests of those who implement and call interfaces.
    .library(name: "MageTesting", targets: ["MageTesting"]),
    .library(name: "MageObserve", targets: ["MageObserve"]),
    .library(name: "MageServices", targets: ["MageServices"]),
    // A host needs it beside its own executable: depend on it where the host is an executable target.
    .executable(name: "mage-launcher", targets: ["mage-launcher"]),
    .executable(name: "mage", targets: ["mage"]),
    .executable(name: "magen", targets: ["magen"]),
    .plugin(name: "MagenPlugin", targets: ["MagenPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // For MageServices alone.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
  ] + examplePackages,
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
      name: "Mage",
      dependencies: [
        "MagePipes", "MageSystem", "MageWire",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    .target(
      name: "MageTesting", dependencies: ["Mage", "MagePipes", "MageSystem", "MageWire"],
      swiftSettings: settings),
    .target(
      name: "MageWorker", dependencies: ["Mage", "MagePipes", "MageSystem", "MageWire"],
      swiftSettings: settings),
    .target(name: "MagePolicy", dependencies: ["MageSystem"], swiftSettings: strict),
    .systemLibrary(
      name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .target(
      name: "MageSeccomp", dependencies: ["CSeccomp", "MagePolicy", "MageSystem"],
      swiftSettings: strict),
    .target(
      name: "MageHost",
      dependencies: [
        "Mage", "MagePipes", "MagePolicy", "MageSeccomp", "MageSystem", "MageWire",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    // Looking at a running host: a socket for `mage top` and a page for browsers.
    .target(
      name: "MageObserve",
      dependencies: ["MageHost", "MagePipes", "MagePolicy", "MageSystem"],
      swiftSettings: settings),
    // A host among the services of a server: swift-service-lifecycle, swift-log, swift-metrics, swift-distributed-tracing.
    .target(
      name: "MageServices",
      dependencies: [
        "MageHost",
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "Instrumentation", package: "swift-distributed-tracing"),
      ],
      swiftSettings: settings),
    // The interface compiler; its core and the plugin's tool depend on nothing, which a user's clean build feels.
    .target(name: "MagenCore", swiftSettings: settings),
    .executableTarget(name: "magen-tool", dependencies: ["MagenCore"], swiftSettings: settings),
    .executableTarget(
      name: "magen",
      dependencies: [
        "MagenCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .plugin(name: "MagenPlugin", capability: .buildTool(), dependencies: ["magen-tool"]),
    // Runs vectors of the message format.
    .executableTarget(
      name: "mage-conformance",
      dependencies: [
        "MageSystem", "MageWire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings, plugins: ["MagenPlugin"]),
    // What `mage attack` and `mage torture` start.
    .target(name: "CAttempts", dependencies: ["CRawCalls"]),
    .executableTarget(name: "mage-attack-program", dependencies: ["CAttempts"]),
    .executableTarget(
      name: "mage-attack-worker",
      dependencies: [
        "CAttempts", "CRawCalls", "CrimeSimulation", "MageDrill", "MageWire", "MageWorker",
      ],
      swiftSettings: settings),
    .target(
      name: "MageDrill", dependencies: ["Mage", "MageWire"], swiftSettings: settings,
      plugins: ["MagenPlugin"]),
    .executableTarget(
      name: "mage",
      dependencies: [
        "MageDrill", "MageHost", "MageObserve", "MagePipes", "MagePolicy", "MageSeccomp",
        "MageSystem", "MageWire",
        "mage-attack-program", "mage-attack-worker", "mage-launcher",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
  ] + demo + examples + benchmarks + tests + fuzzers
)
