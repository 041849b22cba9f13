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
      windowAttachments: 4, maxOutstanding: 4, maxEndpoints: 4, maxPayloadBytes: 1 << 20,
      poolBytes: 2 << 20))
  /// Messages that no handler has taken.
  private var untaken: [Credit] = []
  /// Buffers whose contents no handler has taken.
  private var unread: [UInt16] = []

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
      && held.attachments <= 4 && areBuffersSound
  }

  /// No buffer is in two hands, and there are no more than the policy allows.
  private var areBuffersSound: Bool {
    Set(unread).count == unread.count && channel.bufferBytes(.worker) <= 2 << 20
      && channel.bufferBytes(.host) <= 2 << 20
  }

  // MARK: The peer

  /// A packet that has the form of frames, so that the script reaches what lies behind it.
  private mutating func framed() -> [UInt8] {
    var writer = FrameWriter()
    for _ in 0...(script.byte() & 3) {
      let kind = FrameKind.allCases[Int(script.byte()) % FrameKind.allCases.count]
      let attachments = (0..<(script.byte() & 3)).map { _ in
        let kind = AttachmentKind.allCases[Int(script.byte()) % AttachmentKind.allCases.count]
        guard kind == .payload else { return AttachmentEntry(kind) }
        return AttachmentEntry(
          payload: UInt32(script.byte()) << 13, buffer: UInt16(script.byte() & 3))
      }
      let payload = script.piece()
      writer.append(
        kind, flags: script.byte() & 3, endpoint: UInt32(script.byte() & 3),
        total: UInt32(script.byte()) << 5, entries: attachments, payload: payload[...])
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
        handle(event)
      }
      return true
    } catch {
      return false
    }
  }

  private mutating func handle(_ event: Channel.Event) {
    switch event {
    case .message(let message):
      untaken.append(message.cost)
      keep(message.carried)
    case .reply(let message): keep(message.carried)
    case .dropped(let items): keep(items)
    case .bufferWanted(let size): addBuffer(size, .worker)
    default: break
    }
  }

  private mutating func keep(_ items: [CarriedItem]) {
    for case .pooled(let number, _) in items { unread.append(number) }
  }

  // MARK: The host

  /// Memory of another size: nobody maps it here.
  private mutating func addBuffer(_ size: Int, _ writer: Channel.Side) {
    guard let number = channel.freeBufferNumber(writer) else { return }
    let memory = Attachment(kind: .region, descriptor: Objects.all[4])
    try? channel.addBuffer(
      AddedBuffer(number: number, size: size, writer: writer, memory: memory))
  }

  private mutating func act(_ action: UInt8) {
    switch action % 11 {
    case 0: if channel.phase == .answering { channel.sendSeal(program: script.piece()) }
    case 1, 2: send()
    case 3: channel.reply(script.piece(), to: endpoint())
    case 4: channel.close(endpoint(), CloseReason(code: script.number(), text: "closed"))
    case 5: if let cost = untaken.popLast() { channel.returnCredit(cost) }
    case 6: channel.flushCredit()
    case 7: if let number = unread.popLast() { channel.returnBuffer(number) }
    case 8: if channel.phase == .open { addBuffer(Int(script.byte()) << 13, .host) }
    case 9: sendArray()
    default: drain()
    }
  }

  private mutating func endpoint() -> EndpointID { EndpointID(rawValue: UInt32(script.byte() & 3)) }

  private mutating func send() {
    let (bytes, endpoint) = (script.piece(), endpoint())
    guard channel.endpoints.isOpen(endpoint) else { return }
    try? channel.send(bytes, to: endpoint)
  }

  private mutating func sendArray() {
    guard channel.phase == .open, channel.endpoints.isOpen(.bootstrap),
      let numbers = channel.reserveBuffers([1 << 16])
    else { return }
    channel.reply([1], numbers.map { .pooled($0, 1 << 16) }, to: .bootstrap)
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
