internal import CAttempts
internal import CRawCalls
internal import CrimeSimulation
internal import Glibc
internal import MageSystem
internal import MageWorker
internal import ProbeInterface
internal import Synchronization

/// Does what it is asked, crimes included.
final class Friend: Probe.Service {
  private let count = Mutex<UInt64>(0)
  private let tally = Mutex<(count: UInt64, sum: UInt64)>((0, 0))
  /// What was given last: nobody measures how it is made.
  private let given = Mutex<[UInt8]>([])

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

  func reflect(bytes: [UInt8]) async throws -> [UInt8] { bytes }

  func take(bytes: [UInt8]) async throws {
    tally.withLock { $0.count += UInt64(bytes.count) }
  }

  func look(bytes: UntrustedBytes) async throws {
    let sum = bytes.sumOfWords
    tally.withLock { $0 = ($0.count + UInt64(bytes.count), $0.sum &+ sum) }
  }

  func taken() async throws -> (count: UInt64, sum: UInt64) { tally.withLock { $0 } }

  func give(count: UInt32) async throws -> [UInt8] {
    given.withLock { given in
      if given.count != Int(count) { given = Array(repeating: 7, count: Int(count)) }
      return given
    }
  }

  func show(count: UInt32) async throws -> UntrustedBytes {
    UntrustedBytes(try await give(count: count))
  }

  func again(count: Attachment) async throws -> UInt32 { try crashFirst(count) }

  func onlyOnce(count: Attachment) async throws -> UInt32 { try crashFirst(count) }

  private func crashFirst(_ region: Attachment) throws -> UInt32 {
    let size = try SharedRegion(region).count
    let memory = Glibc.mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, region.descriptor.number, 0)
    guard let memory, memory != MAP_FAILED else { throw HostileWorker.Failure() }
    let count = memory.load(as: UInt8.self) &+ 1
    memory.storeBytes(of: count, as: UInt8.self)
    if count == 1 { raw_segfault() }
    return UInt32(count)
  }

  func write(descriptor: Int32, bytes: [UInt8]) async throws -> Int64 {
    let count = Glibc.write(descriptor, bytes, bytes.count)
    return count < 0 ? -Int64(errno) : Int64(count)
  }

  func pour(descriptor: Int32, count: UInt32) async throws {
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    var left = Int(count)
    while left > 0 {
      let written = Glibc.write(descriptor, block, min(left, block.count))
      guard written > 0 else { return }
      left -= written
    }
  }

  func connectUnix(path: String) async throws -> String { BrokerProbe.connectUnix(path) }

  func fetch(port: UInt16, request: String) async throws -> String {
    BrokerProbe.connect(port, sending: request)
  }

  func attempt(words: String) async throws -> Int32 {
    var words = words.split(separator: " ").map { strdup(String($0)) }
    return attempt_run(Int32(clamping: words.count), &words)
  }

  func trace() async throws -> String { TraceContext.current?.traceparent ?? "" }

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
