internal import Glibc
internal import MageHost
internal import MageSystem

/// What people use without a sandbox. Each is a small program of `Benchmarks/Peers` over Unix sockets, built by `Scripts/peers`, and measured
/// beside this package in every round.
enum Peer: String, CaseIterable {
  case capnproto
  case grpc
  case sdBus = "sd-bus"
  case zeroMQ = "zeromq"
  case grpcSwift = "grpc-swift"

  var title: String {
    switch self {
    case .capnproto: "Cap'n Proto"
    case .grpc: "gRPC C++"
    case .sdBus: "sd-bus, peer to peer"
    case .zeroMQ: "ZeroMQ"
    case .grpcSwift: "grpc-swift"
    }
  }

  /// What is missing when it was not built.
  private var package: String {
    switch self {
    case .capnproto: "libcapnp-dev"
    case .grpc: "libgrpc++-dev"
    case .sdBus: "libsystemd-dev"
    case .zeroMQ: "libzmq3-dev"
    case .grpcSwift: "grpc-swift"
    }
  }

  private var path: String {
    let directory = Setting.root + "/.build/peers/"
    return directory + (self == .grpcSwift ? "grpc-swift/release/peer-grpc-swift" : rawValue)
  }

  /// Nanoseconds of the median call, or of `count` messages.
  func measure(_ mode: String, _ count: Int) throws -> UInt64 {
    guard access(path, X_OK) == 0 else { throw MissingPeer(name: package) }
    return try Floors.number([path, mode, "\(count)"])
  }
}

extension Benchmark {
  static let peers = Peer.allCases.flatMap { [roundTrip(beside: $0), oneWay(beside: $0)] }

  private static func roundTrip(beside peer: Peer) -> Benchmark {
    Benchmark(
      name: "peers.\(peer.rawValue).roundtrip", what: "64-byte request and reply", peer: peer.title,
      unit: .microseconds, goal: .atMost(1)
    ) { setting in
      let floor = try peer.measure("roundtrip", 3000)
      let own = try await roundTrip(setting, on: -1).own
      return Round(own: own, floor: Double(floor) / 1000)
    }
  }

  private static func oneWay(beside peer: Peer) -> Benchmark {
    Benchmark(
      name: "peers.\(peer.rawValue).oneway", what: "one-way messages of 64 bytes", peer: peer.title,
      unit: .millionsPerSecond, goal: .atLeast(1)
    ) { setting in
      let count = 40_000
      let floor = try peer.measure("oneway", count)
      let own = try await oneWay(setting)
      return Round(own: own, floor: Double(count) * 1000 / Double(floor))
    }
  }
}
