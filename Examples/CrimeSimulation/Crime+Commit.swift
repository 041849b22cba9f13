internal import CRawCalls
internal import Glibc
internal import MageWire

extension Crime {
  /// Where the worker's channel is: a taken-over worker would find it as easily.
  private static let channel: Int32 = 3

  /// Behaves as if the worker were taken over. Returns only from the crimes that are committed by what the worker's own reply
  /// says (``malformedInterface``, ``malformedApplication``), and from calls that were refused.
  package func commit() {
    switch self {
    case .openPasswd: _ = open("/etc/passwd", O_RDONLY)
    case .connectOut: connectOut()
    case .execShell: execShell()
    case .ptraceHost: _ = raw_call(101, 16, 1, 0, 0, 0, 0)  // ptrace(PTRACE_ATTACH, 1)
    case .forkBomb: forkBomb()
    case .installFilter: _ = raw_call(317, 1, 0, 0, 0, 0, 0)  // seccomp(SECCOMP_SET_MODE_FILTER)
    case .mapExecutable: mapExecutable()
    case .otherABI: _ = raw_call_32bit(20)  // getpid
    case .allocate:
      raw_allocate()
      raw_wait_forever()
    case .hoard:
      raw_hoard()
      raw_wait_forever()
    case .spin: raw_spin()
    case .flood: flood()
    case .neverReply: raw_wait_forever()
    case .crashSegv: raw_segfault()
    case .crashAbort: abort()
    case .exitEarly: exit(3)
    case .malformedInterface, .malformedApplication: return
    default: sendPacket()
    }
  }

  // MARK: Calls

  private func connectOut() {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(80).bigEndian
    address.sin_addr.s_addr = UInt32(0x0101_0101).bigEndian
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func execShell() {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), nil]
    _ = execve("/bin/sh", &arguments, nil)
  }

  private func forkBomb() {
    while raw_call(57, 0, 0, 0, 0, 0, 0) >= -Int64(EAGAIN) {}  // fork()
  }

  private func mapExecutable() {
    _ = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  }

  // MARK: Packets

  private func flood() {
    let frame = Self.frame(kind: 1, endpoint: 1, payload: Self.oneWayMessage)
    while true { Self.send(frame) }
  }

  private func sendPacket() {
    switch self {
    case .sendUnaskedDescriptor:
      Self.send(Self.frame(kind: 1, endpoint: 1, payload: Self.oneWayMessage), descriptors: [0])
    case .sendSocket:
      Self.send(
        Self.frame(kind: 2, endpoint: 1, attachments: [1], payload: Self.oneWayMessage),
        descriptors: [Self.channel])
    case .halfMessage:
      Self.send(Self.frame(kind: 1, flags: 1, endpoint: 1, total: 4096, payload: Self.zeros(64)))
    case .announceHostsEnd: Self.send(Self.carrying(2, isMoved: false))
    case .moveEndTwice:
      Self.send(Self.carrying(Self.ownEnd, isMoved: false))
      for _ in 0..<2 { Self.send(Self.carrying(Self.ownEnd, isMoved: true)) }
    case .moveClosedEnd:
      Self.send(Self.carrying(Self.ownEnd, isMoved: false))
      Self.send(Self.closing(Self.ownEnd))
      Self.send(Self.carrying(Self.ownEnd, isMoved: true))
    case .moveAndCloseEnd:
      Self.send(Self.carrying(Self.ownEnd, isMoved: false))
      Self.send(Self.carrying(Self.ownEnd, isMoved: true) + Self.closing(Self.ownEnd))
    case .forgedBuffer:
      var frame = Self.frame(
        kind: 1, endpoint: 1, attachments: [8], payload: Self.oneWayMessage)
      frame.replaceSubrange(18..<24, with: [5, 0] + Self.littleEndian(65_536))
      Self.send(frame)
    case .bufferReturnedTwice:
      Self.send(Self.frame(kind: 26, endpoint: 0, payload: Self.littleEndian(1) + Self.zeros(4)))
    case .greedyForBuffers:
      Self.send(
        Self.frame(kind: 24, endpoint: 0, payload: Self.littleEndian(.max) + Self.zeros(4)))
    case .malformedTransport:
      var frame = Self.frame(kind: 1, endpoint: 1, payload: Self.oneWayMessage)
      frame[1] = 0xFF  // the length now reaches beyond the packet
      Self.send(frame)
    case .malformedChannel:
      Self.send(Self.frame(kind: 1, endpoint: 77, payload: Self.oneWayMessage))
    default:
      var message = Self.oneWayMessage
      message[0] = 7  // a header of seven bytes
      Self.send(Self.frame(kind: 2, endpoint: 1, payload: message))
    }
    raw_wait_forever()
  }

  /// A message without parameters: header (version 0, 24 bytes) and an empty struct.
  private static let oneWayMessage: [UInt8] = [24] + zeros(23) + [8] + zeros(7)

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  /// The first id that a worker may give to an end.
  private static let ownEnd: UInt32 = 1 << 31 | 1

  /// A message that brings an end, or gives one up.
  private static func carrying(_ end: UInt32, isMoved: Bool) -> [UInt8] {
    var bytes = frame(kind: 1, endpoint: 1, attachments: [6], payload: oneWayMessage)
    bytes[17] = isMoved ? 1 : 0
    bytes.replaceSubrange(20..<24, with: littleEndian(end))
    return bytes
  }

  private static func closing(_ end: UInt32) -> [UInt8] {
    frame(kind: 4, endpoint: end, payload: zeros(4))
  }

  /// A frame as the channel's writer would make it, byte by byte.
  package static func frame(
    kind: UInt8, flags: UInt8 = 0, endpoint: UInt32, total: UInt32 = 0, attachments: [UInt8] = [],
    payload: [UInt8]
  ) -> [UInt8] {
    let length = UInt32(16 + attachments.count * 8 + payload.count)
    var bytes = littleEndian(length) + [kind, flags, UInt8(attachments.count), 0]
    bytes += littleEndian(endpoint) + littleEndian(total)
    for attachment in attachments { bytes += [attachment] + zeros(7) }
    bytes += payload
    return bytes + zeros((8 - bytes.count % 8) % 8)
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32($0 * 8)) }
  }

  @discardableResult
  private static func send(_ packet: [UInt8], descriptors: [Int32] = []) -> Int64 {
    raw_packet(channel, packet, packet.count, descriptors, descriptors.count)
  }
}
