internal import CRawCalls
internal import Glibc
internal import MageSystem
internal import Synchronization

/// Calls that a policy may broker, made as a worker that was taken over would make them.
enum BrokerProbe {
  /// - Parameter wish: `FLAGS WHAT`: a path, or `@null`, `@unmapped`, `@kernel`, `@endless` for pointers that lead elsewhere;
  ///   `race GRANTED SECRET` opens a path that a thread keeps changing; `flood` opens for ever;
  ///   `threads` starts threads for ever.
  static func open(_ wish: String) -> String {
    let words = wish.split(separator: " ").map(String.init)
    guard words.count > 1 else { return wish == "threads" ? startThreads() : flood() }
    if words[0] == "race" { return race(words[1], words[2]) }
    let flags = UInt64(words[0]) ?? 0
    switch words[1] {
    case "@null": return read(openCall(0, flags))
    case "@unmapped": return read(openCall(4096, flags))
    case "@kernel": return read(openCall(.max - 4095, flags))
    case "@endless":
      var bytes = [UInt8](repeating: 0x2F, count: 8192)
      return bytes.withUnsafeMutableBytes { read(openCall(address($0.baseAddress), flags)) }
    default:
      var bytes = Array(words[1].utf8) + [0]
      return bytes.withUnsafeMutableBytes { read(openCall(address($0.baseAddress), flags)) }
    }
  }

  private static func address(_ pointer: UnsafeRawPointer?) -> UInt64 {
    UInt64(UInt(bitPattern: pointer))
  }

  /// openat(AT_FDCWD, path, flags): what libc's open makes.
  private static func openCall(_ path: UInt64, _ flags: UInt64) -> Int64 {
    raw_call(257, UInt64(bitPattern: -100), path, flags, 0, 0, 0)
  }

  private static func read(_ file: Int64) -> String {
    guard file >= 0 else { return "\(file)" }
    var bytes = [UInt8](repeating: 0, count: 64)
    let number = Int32(truncatingIfNeeded: file)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, $0.count) }
    close(number)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  /// Which of the two was read: `granted`, `secret` or both.
  private static func race(_ granted: String, _ secret: String) -> String {
    let path = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 1)
    let texts = [granted, secret].map { Array($0.utf8) + [0] }
    texts[0].withUnsafeBytes {
      path.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(path), byteCount: $0.count)
    }
    let isOver = Over()
    let place = UInt64(UInt(bitPattern: path))
    try? Thread.start(name: "race") {
      let path = UnsafeMutableRawPointer(bitPattern: UInt(place))
      var turn = 0
      while !isOver.flag.load(ordering: .relaxed) {
        turn += 1
        texts[turn % 2].withUnsafeBytes {
          if let from = $0.baseAddress { path?.copyMemory(from: from, byteCount: $0.count) }
        }
      }
    }
    var seen: Set<String> = []
    for _ in 0..<1000 { seen.insert(read(openCall(place, 0))) }
    isOver.flag.store(true, ordering: .relaxed)
    return seen.filter { !$0.hasPrefix("-") }.sorted().joined(separator: " ")
  }

  private final class Over: Sendable {
    let flag = Atomic<Bool>(false)
  }

  private static func flood() -> String {
    let path = strdup("/etc/shadow")
    while true { _ = openCall(address(path), 0) }
  }

  private static func startThreads() -> String {
    while true {
      do {
        try Thread.start(name: "bomb") { raw_wait_forever() }
      } catch {
        return "\(error)"
      }
    }
  }

  static func connect(_ number: UInt16, sending text: String = "") -> String {
    let socket = raw_call(41, 2, 1, 0, 0, 0, 0)  // socket(AF_INET, SOCK_STREAM)
    guard socket >= 0 else { return "\(socket)" }
    var name: [UInt8] = [2, 0, UInt8(number >> 8), UInt8(number & 255), 127, 0, 0, 1]
    name += [UInt8](repeating: 0, count: 8)
    let status = name.withUnsafeMutableBytes {
      raw_call(42, UInt64(bitPattern: socket), address($0.baseAddress), 16, 0, 0, 0)
    }
    guard status >= 0 else { return "\(status)" }
    _ = Array(text.utf8).withUnsafeBytes {
      Glibc.write(Int32(truncatingIfNeeded: socket), $0.baseAddress, $0.count)
    }
    return read(socket)
  }

  static func connectUnix(_ path: String) -> String {
    let socket = raw_call(41, 1, 1, 0, 0, 0, 0)  // socket(AF_UNIX, SOCK_STREAM)
    guard socket >= 0 else { return "\(socket)" }
    var name: [UInt8] = [1, 0] + Array(path.utf8) + [0]
    let size = UInt64(name.count)
    let status = name.withUnsafeMutableBytes {
      raw_call(42, UInt64(bitPattern: socket), address($0.baseAddress), size, 0, 0, 0)
    }
    return status < 0 ? "\(status)" : read(socket)
  }
}
