internal import BenchInterface
internal import CFloor
internal import CMessageFloor
internal import MageWire

extension Benchmark {
  private static let messageRounds: UInt32 = 200_000

  static let messages = [
    Benchmark(
      name: "decode.views", what: "a message of 4 fields, checked and read in place",
      peer: "C with the same checks, in place", unit: .microseconds, goal: .atMost(1.3)
    ) { _ in try decode(Self.readViews, floor_read_many) },
    Benchmark(
      name: "decode.own", what: "the same, to values of the reader's own",
      peer: "C with the same checks, copies by malloc", unit: .microseconds, goal: .atMost(4)
    ) { _ in try decode(Self.readOwn, floor_copy_many) },
    Benchmark(
      name: "encode", what: "the same message written", peer: "C by memcpy to malloc'd memory",
      unit: .microseconds, goal: .atMost(1.5)
    ) { _ in try encode() },
  ]

  /// The message's bytes as method 0 and as method 1 have them.
  private static func bytes(ordinal: UInt32) -> [UInt8] {
    MessageEncoder.encode(.oneWay, ordinal: ordinal, Bench.sample).bytes
  }

  private static func decode(
    _ own: ([UInt8]) throws -> UInt64,
    _ floor: (UnsafePointer<UInt8>, Int, UInt32) -> UInt64
  ) throws -> Round {
    // The same bytes for both.
    let bytes = bytes(ordinal: 0)
    var start = floor_now()
    let sum = try own(bytes)
    let time = floor_now() - start
    start = floor_now()
    let floorSum = bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { floor($0, buffer.count, messageRounds) } ?? 0
    }
    let floorTime = floor_now() - start
    guard sum == floorSum, sum != 0 else { throw WrongSum() }
    return perRound(time, floorTime)
  }

  private static func perRound(_ own: UInt64, _ floor: UInt64) -> Round {
    let scale = 1000 * Double(messageRounds)
    return Round(own: Double(own) / scale, floor: Double(floor) / scale)
  }

  private static func readViews(_ bytes: [UInt8]) throws -> UInt64 {
    var sum: UInt64 = 0
    for _ in 0..<messageRounds { sum &+= try readView(bytes) }
    return sum
  }

  @inline(never)
  private static func readView(_ bytes: [UInt8]) throws(Malformed) -> UInt64 {
    let header = try MessageHeader(decoding: bytes)
    let value = try MessageDecoder.decode(
      Bench.ViewedParameters.self, from: bytes, header: header, handles: [])
    var sum = value.id &+ UInt64(value.count) &+ UInt64(value.text.utf8Count)
    sum &+= value.text.withUTF8 { UInt64($0[$0.count - 1]) }
    value.numbers.each { sum &+= UInt64($0) }
    return sum
  }

  private static func readOwn(_ bytes: [UInt8]) throws -> UInt64 {
    var sum: UInt64 = 0
    for _ in 0..<messageRounds { sum &+= try readOwnValue(bytes) }
    return sum
  }

  @inline(never)
  private static func readOwnValue(_ bytes: [UInt8]) throws(Malformed) -> UInt64 {
    let header = try MessageHeader(decoding: bytes)
    let value = try MessageDecoder.decode(
      Bench.OwnParameters.self, from: bytes, header: header, handles: [])
    var sum = value.id &+ UInt64(value.count) &+ UInt64(value.text.utf8.count)
    sum &+= UInt64(value.text.utf8.last ?? 0)
    for number in value.numbers { sum &+= UInt64(number) }
    return sum
  }

  private static func encode() throws -> Round {
    let sample = Bench.sample
    var start = floor_now()
    var sum: UInt64 = 0
    for _ in 0..<messageRounds { sum &+= UInt64(write(sample)) }
    let time = floor_now() - start
    start = floor_now()
    let floorSum = Array(sample.text.utf8).withUnsafeBufferPointer { text in
      sample.numbers.withUnsafeBufferPointer { numbers in
        var value = floor_sample(
          id: sample.id, count: sample.count, text_size: UInt32(text.count),
          numbers_count: UInt32(numbers.count), text: text.baseAddress,
          numbers: numbers.baseAddress)
        return floor_write_many(&value, messageRounds)
      }
    }
    let floorTime = floor_now() - start
    guard sum == floorSum, sum != 0 else { throw WrongSum() }
    return perRound(time, floorTime)
  }

  @inline(never)
  private static func write(_ sample: Bench.OwnParameters) -> Int {
    MessageEncoder.encode(.oneWay, ordinal: 0, sample).bytes.count
  }
}

/// Both did not do the same work.
struct WrongSum: Error {}
