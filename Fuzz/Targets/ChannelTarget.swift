internal import Glibc
internal import MagePipes
internal import MageSystem
internal import MageWire

/// The state machine of a host's channel. The bytes are a script of packets and of what the host does between them.
enum ChannelTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    var play = Play(script: Script(bytes))
    return play.run()
  }
}

/// Reads numbers and pieces from the bytes; at their end everything is zero.
struct Script {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

  mutating func number() -> UInt32 {
    (0..<4).reduce(0) { number, _ in number << 8 | UInt32(byte()) }
  }

  mutating func piece() -> [UInt8] {
    let count = Int(byte()) << 8 | Int(byte())
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}

/// One script, played.
private struct Play {
  var script: Script
  var channel = Channel(
    side: .host,
    limits: ChannelLimits(
      maxMessageBytes: 4096, maxAttachments: 2, windowMessages: 8, windowBytes: 8192,
      windowAttachments: 4, maxOutstanding: 4, maxEndpoints: 4))
  /// Messages that no handler has taken.
  private var untaken: [Credit] = []

  /// The first byte chooses between the handshake and a connection after it: no script can make a filter's listener.
  init(script: Script) {
    self.script = script
    if self.script.byte() & 1 == 1 { try? channel.sendInvitation() }
  }

  mutating func run() -> Bool {
    while !script.isAtEnd {
      let action = script.byte()
      if action & 3 != 0 {
        act(action >> 2)
      } else if !receive(action & 4 != 0 ? framed() : script.piece()) {
        return isSound
      }
      guard isSound else { return false }
    }
    return true
  }

  /// What holds whatever the peer does.
  private var isSound: Bool {
    let held = untaken.reduce(into: Credit.zero) { $0.add($1) }
    return channel.endpoints.count <= 4 && held.bytes <= 8192 && held.messages <= 8
      && held.attachments <= 4
  }

  // MARK: The peer

  /// A packet that has the form of frames, so that the script reaches what lies behind it.
  private mutating func framed() -> [UInt8] {
    var writer = FrameWriter()
    for _ in 0...(script.byte() & 3) {
      let kind = FrameKind.allCases[Int(script.byte()) % FrameKind.allCases.count]
      let attachments = (0..<(script.byte() & 3)).map { _ in
        AttachmentKind.allCases[Int(script.byte()) % AttachmentKind.allCases.count]
      }
      let payload = script.piece()
      writer.append(
        kind, flags: script.byte() & 3, endpoint: UInt32(script.byte() & 3),
        total: UInt32(script.byte()) << 5, attachments: attachments, payload: payload[...])
    }
    return writer.bytes
  }

  /// - Returns: whether the connection goes on.
  private mutating func receive(_ bytes: [UInt8]) -> Bool {
    let descriptors = (0..<(script.byte() & 3)).map { _ in
      Objects.all[Int(script.byte()) % Objects.all.count]
    }
    var packet = IncomingPacket(bytes[...], descriptors: descriptors)
    do throws(Malformed) {
      while let event = try channel.next(in: &packet) {
        if case .message(let message) = event { untaken.append(message.cost) }
      }
      return true
    } catch {
      return false
    }
  }

  // MARK: The host

  private mutating func act(_ action: UInt8) {
    switch action % 8 {
    case 0: if channel.phase == .answering { channel.sendSeal(program: script.piece()) }
    case 1, 2: send()
    case 3: channel.reply(script.piece(), to: endpoint())
    case 4: channel.close(endpoint(), CloseReason(code: script.number(), text: "closed"))
    case 5: if let cost = untaken.popLast() { channel.returnCredit(cost) }
    case 6: channel.flushCredit()
    default: drain()
    }
  }

  private mutating func endpoint() -> EndpointID { EndpointID(rawValue: UInt32(script.byte() & 3)) }

  private mutating func send() {
    let (bytes, endpoint) = (script.piece(), endpoint())
    guard channel.endpoints.isOpen(endpoint) else { return }
    try? channel.send(bytes, to: endpoint)
  }

  /// What leaves is well formed.
  private mutating func drain() {
    guard let packet = channel.outbox.next() else { return }
    var reader = FrameReader(packet.bytes[...])
    do throws(Malformed) {
      while try reader.next() != nil {}
    } catch {
      fatalError("our own packet: \(error)")
    }
    if script.byte() & 1 == 0 { channel.outbox.sent(packet) } else { channel.outbox.keep(packet) }
  }
}

/// Descriptors of every sort that a peer could send, good and bad.
private enum Objects {
  private static let pathOnly: Int32 = 0o10000000  // O_PATH

  static let all: [SharedDescriptor] = [
    open("/etc/passwd", O_RDONLY), open("/etc", O_RDONLY | O_DIRECTORY),
    open("/dev/null", O_RDWR), socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0),
    memory([]), memory(.write), open("/etc/passwd", pathOnly),
  ].map { SharedDescriptor(OwnedDescriptor(owning: $0)) }

  private static func memory(_ seals: Seals) -> Int32 {
    (try? SharedMemory.create(name: "fuzz", size: 64, seals: seals))?.release() ?? -1
  }
}
