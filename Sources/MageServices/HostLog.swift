public import Logging
public import MageHost
public import ServiceLifecycle

/// Writes what happens to a host's workers, and what they write themselves, to a logger (swift-log), with the worker's identity as metadata.
///
/// | what | level |
/// |---|---|
/// | started, finished, killed on request | debug |
/// | lines of standard output | info |
/// | lines of standard error, a call made again, a delayed restart | notice |
/// | ended by a crash, a limit or its own status; a start that failed; an input that is refused; events dropped | warning |
/// | ended by a malformed message or a forbidden call | error |
/// | a kind that cannot be started any more | critical |
public struct HostLog: Service {
  private let events: HostEvents
  private let logger: Logger

  /// Events are kept from here on.
  ///
  /// - Parameters:
  ///   - host: whose events are logged.
  ///   - logger: where to.
  ///   - buffer: events that are kept while the logger is slow; the host never waits for it.
  public init(_ host: Host, _ logger: Logger, buffer: Int = 4096) {
    events = host.events(buffer: buffer)
    self.logger = logger
  }

  /// Returns when the host has shut down.
  public func run() async throws {
    for await event in events { log(event) }
  }

  private func log(_ event: HostEvent) {
    switch event.kind {
    case .started(let worker, let time):
      write(.debug, "worker started", worker, ["mage.start": "\(time)"])
    case .ended(let worker, let ending):
      write(
        Self.level(of: ending.cause), "worker ended: \(Printable.text(ending))", worker,
        Self.usage(ending))
    case .startFailed(let kind, let policy, let error):
      logger.warning(
        "worker could not be started: \(Printable.text(error))",
        metadata: ["mage.kind": "\(kind)", "mage.policy": "\(policy)"])
    case .output(let worker, let line): write(line, worker)
    case .restartDelayed(let kind, let time):
      logger.notice("restart delayed by \(time)", metadata: ["mage.kind": "\(kind)"])
    case .restartGivenUp(let kind, let failures):
      logger.critical(
        "given up after \(failures) failed starts", metadata: ["mage.kind": "\(kind)"])
    case .callRetried(let kind, let ending):
      logger.notice(
        "call made again, as its worker ended: \(Printable.text(ending))",
        metadata: ["mage.kind": "\(kind)"])
    case .inputRefused(let kind, let deaths, let time):
      logger.warning(
        "input refused for \(time) after \(deaths) workers ended over it",
        metadata: ["mage.kind": "\(kind)"])
    case .dropped(let count): logger.warning("\(count) events dropped: the log is too slow")
    }
  }

  private func write(_ line: OutputLine, _ worker: WorkerIdentity) {
    var extra: Logger.Metadata = ["mage.stream": line.descriptor == 2 ? "stderr" : "stdout"]
    if line.isTruncated { extra["mage.truncated"] = "true" }
    if line.droppedBytes > 0 { extra["mage.dropped-bytes"] = "\(line.droppedBytes)" }
    write(line.descriptor == 2 ? .notice : .info, "\(line.text)", worker, extra)
  }

  private func write(
    _ level: Logger.Level, _ message: Logger.Message, _ worker: WorkerIdentity,
    _ extra: Logger.Metadata
  ) {
    var metadata = extra
    metadata["mage.worker"] = "\(worker.number)"
    metadata["mage.pid"] = "\(worker.pid)"
    metadata["mage.kind"] = "\(worker.kind)"
    metadata["mage.policy"] = "\(worker.policy)"
    metadata["mage.role"] = "\(worker.role.rawValue)"
    logger.log(level: level, message, metadata: metadata)
  }

  private static func level(of cause: Ending.Cause) -> Logger.Level {
    switch cause {
    case .finished, .killed, .hostGone: .debug
    case .exited, .crashed, .limit, .notSealed: .warning
    case .malformed, .forbiddenCall: .error
    }
  }

  private static func usage(_ ending: Ending) -> Logger.Metadata {
    [
      "mage.cause": "\(ending.cause.name)", "mage.cpu": "\(ending.usage.cpu)",
      "mage.wall": "\(ending.usage.wall)", "mage.peak-memory": "\(ending.usage.peakMemoryBytes)",
    ]
  }
}
