internal import Glibc
internal import MageSystem

/// What the host has for attempts to reach: a port, a socket, a variable, a descriptor of a directory that is inherited.
struct Bait: ~Copyable {
  static let secretVariable = "MAGE_ATTACK_SECRET"

  private let port: OwnedDescriptor
  private let socket: OwnedDescriptor
  private let directory: OwnedDescriptor
  /// `struct sockaddr_in` of the port on the loopback interface.
  let portAddress: [UInt8]
  /// `struct sockaddr_un` of the socket, which has an abstract name.
  let socketAddress: [UInt8]

  /// Lays it out. Call before the host is made: what starts later inherits.
  static func lay() throws(SystemError) -> Bait {
    setenv(secretVariable, "secret", 1)
    let directory = open("/etc", O_RDONLY | O_DIRECTORY)  // without O_CLOEXEC: this is the bait
    let port = try listener(AF_INET, [2, 0, 0, 0, 127, 0, 0, 1] + zeros(8))
    let name = [1, 0, 0] + Array(socketName.utf8)
    let socket = try listener(AF_UNIX, name)
    var bytes = zeros(16)
    var size = socklen_t(bytes.count)
    let number = port.number
    let status = bytes.withUnsafeMutableBytes { raw in
      getsockname(number, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
    }
    guard status == 0 else { throw SystemError("getsockname", errno: errno) }
    return Bait(
      port: port, socket: socket, directory: OwnedDescriptor(owning: directory),
      portAddress: bytes, socketAddress: name)
  }

  /// One for each process, always of the same length.
  private static var socketName: String {
    "mage-atk" + String(UInt64(getpid()) + 0x1_0000_0000, radix: 16).dropFirst()
  }

  private static func listener(
    _ family: Int32, _ address: [UInt8]
  ) throws(SystemError) -> OwnedDescriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let number = Glibc.socket(family, kind, 0)
    guard number >= 0 else { throw SystemError("socket", errno: errno) }
    let socket = OwnedDescriptor(owning: number)
    let status = address.withUnsafeBytes { raw in
      bind(
        number, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(raw.count))
    }
    guard status == 0, listen(number, 128) == 0 else { throw SystemError("bind", errno: errno) }
    return socket
  }

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}

extension Attempt {
  /// The words that make it, for CAttempts.
  func words(_ port: [UInt8], _ socket: [UInt8], number: (String) -> Int32?) -> [String] {
    switch manner {
    case .crime(let name): return ["crime", name]
    case .directory: return ["directory"]
    case .environment(let name): return ["environment", name]
    case .i386(let number): return ["i386", "\(number)"]
    case .thread, .handler, .calls: break
    }
    let words = calls.flatMap { call -> [String] in
      let isIgnored = call.name.hasPrefix("-")
      let value = number(isIgnored ? String(call.name.dropFirst()) : call.name) ?? -1
      let bits = UInt64(UInt32(bitPattern: value)) | call.numberBits
      let arguments = call.arguments.map { $0.word(port, socket) }
      let padding = Array(repeating: "0", count: max(0, 6 - arguments.count))
      return [(isIgnored ? "-" : "") + "\(bits)"] + arguments + padding
    }
    switch manner {
    case .thread: return ["thread"] + words
    case .handler: return ["handler"] + words
    default: return words
    }
  }
}

extension Attempt.Word {
  fileprivate func word(_ port: [UInt8], _ socket: [UInt8]) -> String {
    switch self {
    case .number(let value): "\(value)"
    case .text(let text): "s" + text
    case .zeros(let count): "z\(count)"
    case .bytes(let bytes): Self.hexadecimal(bytes)
    case .result: "r"
    case .hostProcess: "\(getpid())"
    case .hostPort: Self.hexadecimal(port)
    case .hostSocket: Self.hexadecimal(socket)
    case .hostFile: "s/proc/\(getpid())/stat"
    case .hostDisk: "s" + Self.rootDisk
    }
  }

  /// The device file of what is mounted on `/`, where that is a disk; else a name that first disks have.
  private static let rootDisk: String = {
    let bytes = (try? FileReading.read("/proc/self/mounts", limit: 8 << 20)) ?? []
    let root = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: " ") }
      .first { $0.count > 1 && $0[1] == "/" && $0[0].hasPrefix("/dev/") }
    return root.map { String($0[0]) } ?? "/dev/sda"
  }()

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    "x" + bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
  }
}
