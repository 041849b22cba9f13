public import MageHost
internal import MagePipes
public import MageSystem

/// Lets people look at a running host: a Unix socket that gives a snapshot of it each second, one line of JSON each, to `mage top` and other readers.
///
/// It is there when asked for and not otherwise. Only the host's own user and root may connect (the socket's mode and the peer's credentials), workers never; nothing that a
/// reader sends is read, and one that does not read what it is sent is skipped, and after a while closed.
public final class HostObserver: Sendable {
  private let core: ObserverCore
  /// Where it listens.
  public let path: String

  /// - Parameters:
  ///   - host: what is shown.
  ///   - path: of the socket, at most 107 bytes; `nil` is `$XDG_RUNTIME_DIR/mage/PID.sock`, where `mage top` looks.
  ///   - interval: between two snapshots.
  /// - Throws: `EADDRINUSE` when somebody listens there; what socket(2), bind(2) and mkdir(2) say.
  public init(
    _ host: Host, at path: String? = nil, every interval: Duration = .seconds(1)
  ) throws(SystemError) {
    let path = if let path { path } else { try ObserverPlace.ownPath() }
    let socket = try ObserverSocket(at: path)
    // Of its own: whoever looks takes no time from the host's loop but for the snapshot itself.
    let loop = try Loop()
    core = ObserverCore(host, socket, loop, max(interval, .milliseconds(10)))
    self.path = path
    try LoopThread.start(loop)
    Task { [core] in await core.start() }
  }

  deinit { Task { [core] in await core.close() } }

  /// Closes the socket and lets every reader go.
  public func close() async { await core.close() }

  /// Readers that are connected.
  public var readers: Int { get async { await core.count } }
}

/// The socket and its readers, on a loop of their own.
actor ObserverCore {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private static let mostReaders = 16
  /// How long a reader may take for one snapshot.
  private static let patience = Duration.seconds(30)

  private let host: Host
  private let socket: ObserverSocket
  private let interval: Duration
  private var watch: Loop.WatchToken?
  private var readers: [UInt64: Reader] = [:]
  private var lastReader: UInt64 = 0
  private var isAsking = false
  private var isClosed = false

  private struct Reader {
    let descriptor: SharedDescriptor
    var watch: Loop.WatchToken?
    var pending: ArraySlice<UInt8> = []
    var since = MonotonicTime.now
    var skipped: UInt64 = 0
  }

  init(_ host: Host, _ socket: ObserverSocket, _ loop: Loop, _ interval: Duration) {
    self.host = host
    self.socket = socket
    self.loop = loop
    self.interval = interval
  }

  var count: Int { readers.count }

  func start() {
    guard !isClosed else { return }
    watch = try? loop.watch(socket.descriptor.number, .read) { [weak self] _ in
      self?.assumeIsolated { $0.welcome() }
    }
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    if let watch { loop.unwatch(watch) }
    watch = nil
    for id in Array(readers.keys) { drop(id) }
    socket.remove()
    loop.stop()
  }

  // MARK: Readers

  private func welcome() {
    while let descriptor = SocketCalls.accept(socket.descriptor.number) {
      guard readers.count < Self.mostReaders, SocketPeer(of: descriptor.number)?.mayLook == true
      else { continue }  // closed with its descriptor
      lastReader += 1
      let id = lastReader
      var reader = Reader(descriptor: descriptor)
      // What it sends is never read: only that it has gone is of interest.
      reader.watch = try? loop.watch(descriptor.number, []) { [weak self] ready in
        self?.assumeIsolated { $0.ready(id, ready) }
      }
      guard reader.watch != nil else { continue }
      readers[id] = reader
      tick()
    }
  }

  private func ready(_ id: UInt64, _ ready: Epoll.Interest) {
    guard ready.isDisjoint(with: [.hangup, .error]) else { return drop(id) }
    send(id)
  }

  private func drop(_ id: UInt64) {
    guard let reader = readers.removeValue(forKey: id) else { return }
    if let watch = reader.watch { loop.unwatch(watch) }
  }

  // MARK: Snapshots

  /// Asks for the next snapshot, unless one is on its way. Nobody is asked while nobody looks.
  private func tick() {
    guard !isAsking, !isClosed, !readers.isEmpty else { return }
    isAsking = true
    Task(executorPreference: loop) { await self.look() }
  }

  private func look() async {
    give(await host.snapshot())
    await loop.pause(until: MonotonicTime.now.advanced(by: interval))
    isAsking = false
    tick()
  }

  private func give(_ snapshot: HostSnapshot) {
    for (id, reader) in readers {
      guard reader.pending.isEmpty else {
        readers[id]?.skipped += 1
        if MonotonicTime.now.since(reader.since) > Self.patience { drop(id) }
        continue
      }
      let line = SnapshotJSON.value(of: snapshot, skipped: reader.skipped).line + "\n"
      readers[id]?.pending = Array(line.utf8)[...]
      readers[id]?.since = .now
      send(id)
    }
  }

  private func send(_ id: UInt64) {
    guard var reader = readers[id] else { return }
    while !reader.pending.isEmpty {
      let count = SocketCalls.send(reader.pending, to: reader.descriptor.number)
      guard let count else { return drop(id) }
      guard count > 0 else { break }
      reader.pending = reader.pending.dropFirst(count)
    }
    if let watch = reader.watch { try? loop.modify(watch, reader.pending.isEmpty ? [] : .write) }
    readers[id] = reader
  }
}
