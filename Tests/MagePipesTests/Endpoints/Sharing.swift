import Mage
import MageWire
import Testing

@testable import MagePipes

/// An interface that others share the pipe with, as the compiler would make it.
enum Shared: Interface {
  static let name = "test.Shared"
  static let note = OneWay<Shared, Note>(0, "Note")
  static let ask = Method<Shared, Note, Note>(1, "Ask")
  static let join = OneWay<Shared, Joining>(2, "Join")
  static let joinAndAnswer = Method<Shared, Joining, Empty>(3, "JoinAndAnswer")
  static let pass = OneWay<Shared, Passing>(4, "Pass")
  static let rules = [
    MethodRule(note), MethodRule(ask), MethodRule(join), MethodRule(joinAndAnswer),
    MethodRule(pass),
  ]
}

/// Ends that are to share the pipe.
struct Joining: WireStruct {
  static let wireSize = 32
  var remote: PendingAssociatedRemote<Chat>?
  var receiver: PendingAssociatedReceiver<Chat>?
  var more: [PendingAssociatedReceiver<Chat>] = []

  init(
    remote: PendingAssociatedRemote<Chat>? = nil,
    receiver: PendingAssociatedReceiver<Chat>? = nil, more: [PendingAssociatedReceiver<Chat>] = []
  ) {
    self.remote = remote
    self.receiver = receiver
    self.more = more
  }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    remote = try message.optionalPendingAssociatedRemote(fields, 8, "remote", Chat.self)
    receiver = try message.optionalPendingAssociatedReceiver(fields, 16, "receiver", Chat.self)
    more = try message.array(fields, 24, "more", stride: 4) {
      (decoder, view) throws(Malformed) in
      try decoder.pendingAssociatedReceiver(view, 0, "more", Chat.self)
    }
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.pendingAssociatedRemote(fields, 8, remote)
    message.pendingAssociatedReceiver(fields, 16, receiver)
    message.array(fields, 24, more, stride: 4) { $0.pendingAssociatedReceiver($1, 0, $2) }
  }
}

/// What came to a pipe's end, whichever of the interfaces on it it was for.
final class Assembly: Sendable {
  let joined = Inbox<Joining>()
  let passed = Inbox<Passing>()
  /// Of the first interface as they are, of the others with ``other`` added.
  let notes = Inbox<UInt32>()
  let closed = Inbox<CloseReason?>()
  static let other: UInt32 = 1_000_000

  var handlers: Handlers<Shared> {
    var handlers = Handlers<Shared>()
    handlers.on(Shared.note) { self.notes.put($0.number) }
    handlers.on(Shared.ask) { Note($0.number + 1) }
    handlers.on(Shared.join) { self.joined.put($0) }
    handlers.on(Shared.joinAndAnswer) {
      self.joined.put($0)
      return Empty()
    }
    handlers.on(Shared.pass) { self.passed.put($0) }
    return handlers
  }

  var others: Handlers<Chat> {
    var handlers = Handlers<Chat>()
    handlers.on(Chat.note) { self.notes.put($0.number + Self.other) }
    handlers.on(Chat.ask) { Note($0.number + 2) }
    return handlers
  }

  /// Binds an end that shares the pipe; its close is told like the pipe's.
  func bind(_ receiver: PendingAssociatedReceiver<Chat>?) throws {
    try #require(receiver).bind(others) { self.closed.put($0) }
  }
}

/// A pipe with an end bound to call and the other to answer.
struct SharedPipe {
  let remote: Remote<Shared>
  let assembly: Assembly

  init(_ remote: PendingRemote<Shared>, _ receiver: PendingReceiver<Shared>) throws {
    let assembly = Assembly()
    self.assembly = assembly
    self.remote = try remote.bind()
    try receiver.bind(assembly.handlers)
  }

  static func inProcess() throws -> SharedPipe {
    let (remote, receiver) = makePipe(of: Shared.self)
    return try SharedPipe(remote, receiver)
  }

  static func between(_ caller: Peer, _ answerer: Peer) throws -> SharedPipe {
    try SharedPipe(
      PendingRemote(Endpoint(caller.connection.bootstrap)),
      PendingReceiver(Endpoint(answerer.connection.bootstrap)))
  }

  /// Has another interface share the pipe, which this side calls.
  func join() async throws -> Remote<Chat> {
    let (pending, receiver) = makeAssociated(of: Chat.self)
    try await remote.send(Shared.join, Joining(receiver: receiver))
    try assembly.bind(await assembly.joined.next().receiver)
    return try pending.bind()
  }
}

/// Runs a test with a pipe inside the process, to a worker and to a host.
enum SharedPlace: CaseIterable {
  case inProcess, hostCalls, workerCalls

  func with(_ body: (SharedPipe) async throws -> Void) async throws {
    guard self != .inProcess else { return try await body(.inProcess()) }
    try await withPeers { host, worker in
      let pipe = try self == .hostCalls ? SharedPipe.between(host, worker) : .between(worker, host)
      try await body(pipe)
      #expect(host.news.rest.isEmpty && worker.news.rest.isEmpty)
    }
  }
}
