internal import MageHost
internal import MagePipes
internal import MagePolicy

/// A snapshot as JSON, for `mage top`, the page and programs.
///
/// Members are added and never change their meaning; `version` would count what breaks that. Times are in seconds, sizes in bytes.
enum SnapshotJSON {
  static let version: UInt64 = 1

  static func value(of snapshot: HostSnapshot, skipped: UInt64) -> JSONValue {
    .members([
      ("version", .number(version)), ("pid", .integer(Int64(snapshot.pid))),
      ("uptime", seconds(snapshot.uptime)),
      // Snapshots that this reader was too slow for.
      ("skipped", .number(skipped)),
      ("workers", .array(snapshot.workers.map(worker))),
      (
        "links",
        .array(snapshot.links.map { .array([.number($0.first), .number($0.second)]) })
      ),
      ("pools", .array(snapshot.pools.map(pool))), ("ended", .array(snapshot.ended.map(ended))),
      ("totals", totals(snapshot.totals)),
    ])
  }

  private static func seconds(_ duration: Duration) -> JSONValue {
    let (seconds, attoseconds) = duration.components
    // Microseconds are fine enough, and short to print.
    return .decimal(Double(seconds) + Double(attoseconds / 1_000_000_000_000) / 1_000_000)
  }

  private static func identity(
    _ identity: WorkerIdentity
  ) -> [(key: String, value: JSONValue?)] {
    [
      ("number", .number(identity.number)), ("process", .integer(Int64(identity.pid))),
      ("kind", .string(identity.kind)), ("policy", .string(identity.policy)),
      ("role", .string(identity.role.rawValue)),
    ]
  }

  private static func worker(_ worker: HostSnapshot.Worker) -> JSONValue {
    let traffic = worker.traffic
    return .members(
      identity(worker.identity) + [
        ("template", worker.template.map { .number($0) }), ("age", seconds(worker.age)),
        ("cpu", seconds(worker.cpu)), ("memory", .number(worker.memoryBytes)),
        ("serving", .bool(worker.isInvited)), ("pipes", .integer(Int64(traffic.pipes))),
        ("callsAnswered", .number(traffic.callsAnswered)),
        ("callsOpen", .integer(Int64(traffic.callsOpen))),
        ("messagesReceived", .number(traffic.messagesReceived)),
        ("messagesSent", .number(traffic.messagesSent)),
        ("bytesReceived", .number(traffic.bytesReceived)),
        ("bytesSent", .number(traffic.bytesSent)),
        ("queued", .integer(Int64(traffic.queuedBytes))),
      ])
  }

  private static func pool(_ pool: PoolStatus) -> JSONValue {
    .members([
      ("kind", .string(pool.kind)), ("workers", .integer(Int64(pool.workers))),
      ("lent", .integer(Int64(pool.lent))), ("starting", .integer(Int64(pool.starting))),
      ("waiting", .integer(Int64(pool.waiting))),
      ("refusedInputs", .integer(Int64(pool.refusedInputs))),
      ("hasGivenUp", .bool(pool.hasGivenUp)),
    ])
  }

  private static func ended(_ ended: HostSnapshot.Ended) -> JSONValue {
    .members(
      identity(ended.identity) + [
        ("time", seconds(ended.time)), ("cause", .string(ended.ending.cause.name)),
        ("text", .string(Printable.text("\(ended.ending)"))),
        ("cpu", seconds(ended.ending.usage.cpu)), ("wall", seconds(ended.ending.usage.wall)),
        ("memory", .number(ended.ending.usage.peakMemoryBytes)),
      ])
  }

  private static func totals(_ totals: HostSnapshot.Totals) -> JSONValue {
    let endings = totals.endings.sorted { $0.key < $1.key }
    return .members([
      ("started", .number(totals.started)), ("startsFailed", .number(totals.startsFailed)),
      ("callsAnswered", .number(totals.callsAnswered)),
      ("endings", .object(endings.map { ($0.key, .number($0.value)) })),
    ])
  }
}
