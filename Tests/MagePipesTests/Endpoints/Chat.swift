import Mage
import MageWire
import Testing

@testable import MagePipes

/// An interface by hand, as the compiler would make it: it passes ends of pipes.
enum Chat: Interface {
  static let name = "test.Chat"
  static let note = OneWay<Chat, Note>(0, "Note")
  static let ask = Method<Chat, Note, Note>(1, "Ask")
  static let pass = OneWay<Chat, Passing>(2, "Pass")
  static let swap = Method<Chat, Passing, Passing>(3, "Swap")
  static let rules = [MethodRule(note), MethodRule(ask), MethodRule(pass), MethodRule(swap)]
}

/// Like ``Chat``, but nobody between its ends knows it.
enum Secret: Interface {
  static let name = "test.Secret"
  static let note = OneWay<Secret, Note>(0, "Note")
  static let ask = Method<Secret, Note, Note>(1, "Ask")
}

/// Ends of pipes as parameters: one of each kind, and a list.
struct Passing: WireStruct {
  static let wireSize = 40
  var remote: PendingRemote<Chat>?
  var receiver: PendingReceiver<Chat>?
  var pipe: MessagePipeEnd?
  var more: [MessagePipeEnd] = []

  init(
    remote: PendingRemote<Chat>? = nil, receiver: PendingReceiver<Chat>? = nil,
    pipe: MessagePipeEnd? = nil, more: [MessagePipeEnd] = []
  ) {
    self.remote = remote
    self.receiver = receiver
    self.pipe = pipe
    self.more = more
  }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    remote = try message.optionalPendingRemote(fields, 8, "remote", Chat.self)
    receiver = try message.optionalPendingReceiver(fields, 16, "receiver", Chat.self)
    pipe = try message.optionalMessagePipe(fields, 20, "pipe")
    more = try message.array(fields, 24, "more", stride: 4) {
      (decoder, view) throws(Malformed) in try decoder.messagePipe(view, 0, "more")
    }
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.pendingRemote(fields, 8, remote)
    message.pendingReceiver(fields, 16, receiver)
    message.messagePipe(fields, 20, pipe)
    message.array(fields, 24, more, stride: 4) { $0.messagePipe($1, 0, $2) }
  }
}

/// What came to a receiver of ``Chat``.
final class Listener<Of: Interface>: Sendable {
  let notes = Inbox<UInt32>()
  let passed = Inbox<Passing>()
  let closed = Inbox<CloseReason?>()
}

extension Listener where Of == Chat {
  /// Answers questions with the number after.
  var handlers: Handlers<Chat> {
    var handlers = Handlers<Chat>()
    handlers.on(Chat.note) { self.notes.put($0.number) }
    handlers.on(Chat.ask) { Note($0.number + 1) }
    handlers.on(Chat.pass) { self.passed.put($0) }
    handlers.on(Chat.swap) { $0 }
    return handlers
  }

  static func bound(to receiver: PendingReceiver<Chat>) throws -> Listener<Chat> {
    let listener = Listener<Chat>()
    try receiver.bind(listener.handlers) { listener.closed.put($0) }
    return listener
  }
}

extension Peer {
  /// Both sides of the first pipe may be either.
  func remote() throws -> Remote<Chat> {
    try PendingRemote<Chat>(Endpoint(connection.bootstrap)).bind()
  }

  func listen() throws -> Listener<Chat> {
    try .bound(to: PendingReceiver(Endpoint(connection.bootstrap)))
  }
}

extension Remote where Of == Chat {
  func note(_ numbers: ClosedRange<UInt32>) async throws {
    for number in numbers { try await send(Chat.note, Note(number)) }
  }
}

/// A host on one loop with two workers on loops of their own.
struct Star {
  let hosts: (first: Peer, second: Peer)
  let workers: (first: Peer, second: Peer)
}

func withStar(
  _ limits: ChannelLimits = ChannelLimits(), _ body: (Star) async throws -> Void
) async throws {
  try await withLoop { hostLoop in
    try await withLoop { firstLoop in
      try await withLoop { secondLoop in
        let (first, second) = (try Ends(), try Ends())
        let star = Star(
          hosts: (
            try await Peer(first.near, .openHost(limits), hostLoop),
            try await Peer(second.near, .openHost(limits), hostLoop)
          ),
          workers: (
            try await Peer(first.far, .openWorker(limits), firstLoop),
            try await Peer(second.far, .openWorker(limits), secondLoop)
          ))
        try await body(star)
        let peers = [star.hosts.first, star.hosts.second, star.workers.first, star.workers.second]
        for peer in peers { #expect(peer.news.rest.isEmpty) }
        for peer in peers { await peer.connection.end(.refused("the test is over")) }
      }
    }
  }
}
