internal import Glibc
internal import MageHost
internal import MagePipes
internal import MageSystem

/// The page's connections, on a loop of their own: each brings one request and is closed with its answer.
actor PageCore {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private static let mostConnections = 32
  private static let patience = Duration.seconds(5)

  private let host: Host
  private let listener: LoopbackListener
  private let routes: PageRoutes
  private var watch: Loop.WatchToken?
  private var connections: [UInt64: Exchange] = [:]
  private var lastConnection: UInt64 = 0
  private var isClosed = false

  private struct Exchange {
    let descriptor: SharedDescriptor
    var watch: Loop.WatchToken
    var timer: TimerToken
    var request: [UInt8] = []
    var response: ArraySlice<UInt8>?
    var isAsked = false
  }

  init(_ host: Host, _ listener: LoopbackListener, _ routes: PageRoutes, _ loop: Loop) {
    self.host = host
    self.listener = listener
    self.routes = routes
    self.loop = loop
  }

  func start() {
    guard !isClosed else { return }
    watch = try? loop.watch(listener.descriptor.number, .read) { [weak self] _ in
      self?.assumeIsolated { $0.welcome() }
    }
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    if let watch { loop.unwatch(watch) }
    for id in Array(connections.keys) { drop(id) }
    loop.stop()
  }

  private func welcome() {
    // One too many is closed with its descriptor.
    while let descriptor = SocketCalls.accept(listener.descriptor.number) {
      guard connections.count < Self.mostConnections else { continue }
      lastConnection += 1
      let id = lastConnection
      let watch = try? loop.watch(descriptor.number, .read) { [weak self] ready in
        self?.assumeIsolated { $0.ready(id, ready) }
      }
      guard let watch else { continue }
      let timer = loop.schedule(at: MonotonicTime.now.advanced(by: Self.patience)) { [weak self] in
        self?.assumeIsolated { $0.drop(id) }
      }
      connections[id] = Exchange(descriptor: descriptor, watch: watch, timer: timer)
    }
  }

  private func drop(_ id: UInt64) {
    guard let connection = connections.removeValue(forKey: id) else { return }
    loop.unwatch(connection.watch)
    loop.cancel(connection.timer)
  }

  private func ready(_ id: UInt64, _ ready: Epoll.Interest) {
    if ready.contains(.read) { read(id) }
    if ready.contains(.write) { write(id) }
    if !ready.isDisjoint(with: [.hangup, .error]) { drop(id) }
  }

  // MARK: Request

  private func read(_ id: UInt64) {
    guard let connection = connections[id], !connection.isAsked else { return }
    var buffer = [UInt8](repeating: 0, count: PageRequest.mostBytes - connection.request.count)
    let count = recv(connection.descriptor.number, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count > 0 else { return drop(id) }
    connections[id]?.request += buffer.prefix(count)
    switch PageRequest.read(connection.request + buffer.prefix(count)) {
    case .more: return
    case .refused(let status): answer(id, .refusal(status), isHead: false)
    case .complete(let request): answer(id, request)
    }
  }

  private func answer(_ id: UInt64, _ request: PageRequest) {
    let isHead = request.method == .head
    switch routes.answer(request) {
    case .now(let response): answer(id, response, isHead: isHead)
    case .snapshot:
      connections[id]?.isAsked = true
      pauseReading(id)
      Task(executorPreference: loop) { await self.answerWithSnapshot(id, isHead) }
    }
  }

  private func answerWithSnapshot(_ id: UInt64, _ isHead: Bool) async {
    let text = SnapshotJSON.value(of: await host.snapshot(), skipped: 0).line
    answer(id, PageResponse(status: 200, type: "application/json", body: text), isHead: isHead)
  }

  private func pauseReading(_ id: UInt64) {
    if let watch = connections[id]?.watch { try? loop.modify(watch, []) }
  }

  // MARK: Response

  private func answer(_ id: UInt64, _ response: PageResponse, isHead: Bool) {
    guard let watch = connections[id]?.watch else { return }
    connections[id]?.isAsked = true
    connections[id]?.response = response.encoded(isHead: isHead)[...]
    try? loop.modify(watch, .write)
    write(id)
  }

  private func write(_ id: UInt64) {
    guard let connection = connections[id], var left = connection.response else { return }
    while !left.isEmpty {
      guard let count = SocketCalls.send(left, to: connection.descriptor.number) else {
        return drop(id)
      }
      guard count > 0 else { break }
      left = left.dropFirst(count)
    }
    connections[id]?.response = left
    guard left.isEmpty else { return }
    // What was not read would make the kernel answer with a reset, and the browser lose the end of the page.
    shutdown(connection.descriptor.number, Int32(SHUT_WR))
    drop(id)
  }
}
