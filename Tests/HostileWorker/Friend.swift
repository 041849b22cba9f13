internal import CRawCalls
internal import CrimeSimulation
internal import MageSystem
internal import MageWorker
internal import ProbeInterface
internal import Synchronization

/// Does what it is asked, crimes included.
final class Friend: Probe.Service {
  private let count = Mutex<UInt64>(0)

  func echo(text: String) async throws -> String { text }

  func commit(crime: String) async throws { Crime(rawValue: crime)?.commit() }

  func readFile(file: Attachment) async throws -> String {
    let file = try file.descriptor.duplicate()
    return String(decoding: try FileReading.read(file, "file", limit: 4096), as: UTF8.self)
  }

  func fail() async throws { throw HostileWorker.Failure() }

  func note(text: String) async throws { count.withLock { $0 += 1 } }

  func gather(text: String) async throws { count.withLock { $0 += 1 } }

  func gather(_ batch: [Probe.GatherParameters]) {
    count.withLock { $0 += UInt64(batch.count) }
  }

  func notes() async throws -> UInt64 { count.withLock { $0 } }

  func lie() async throws -> String {
    String(repeating: "x", count: Int(Probe.longest) + 1)
  }

  func sum(region: Attachment) async throws -> UInt64 {
    try SharedRegion(region).copy(limit: 16 << 20).reduce(0) { $0 + UInt64($1) }
  }

  func makeRegion(count: UInt32) async throws -> Attachment {
    try SharedRegion.frozen(Array(repeating: 7, count: Int(count))).attachment
  }

  func open(wish: String) async throws -> String { BrokerProbe.open(wish) }

  func connect(port: UInt16) async throws -> String { BrokerProbe.connect(port) }

  func bind() async throws -> Int64 {
    let socket = raw_call(41, 2, 1, 0, 0, 0, 0)  // socket(AF_INET, SOCK_STREAM)
    var address: [UInt8] = [2, 0, 0x1F, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    return address.withUnsafeMutableBytes { raw in
      let start = UInt64(UInt(bitPattern: raw.baseAddress))
      return raw_call(49, UInt64(bitPattern: socket), start, 16, 0, 0, 0)
    }
  }
}
