internal import MagePipes
internal import MageSystem

extension HostCore {
  /// Workers that are looked at before others have their turn: each costs two looks into /proc.
  private static let workersPerTurn = 8

  func snapshot() async -> HostSnapshot {
    var workers: [HostSnapshot.Worker] = []
    for (index, supervisor) in Array(supervisors.values).enumerated() {
      if index % Self.workersPerTurn == Self.workersPerTurn - 1 { await Task.yield() }
      if let worker = look(at: supervisor) { workers.append(worker) }
    }
    var pools: [PoolStatus] = []
    for pool in self.pools.values {
      if let status = await pool.pool?.status { pools.append(status) }
    }
    return HostSnapshot(
      pid: ProcessIdentity.own, uptime: events.uptime,
      workers: workers.sorted { $0.identity.number < $1.identity.number }, links: links(),
      pools: pools.sorted { $0.kind < $1.kind }, ended: history.ended, totals: totals())
  }

  /// In one turn: a worker that ends is in the history from then on and among the living until then, never in both.
  private func totals() -> HostSnapshot.Totals {
    var totals = history.totals
    for supervisor in supervisors.values {
      guard let (kind, traffic) = supervisor.assumeIsolated({ $0.passing }) else { continue }
      totals.passed[kind, default: .init()].add(traffic)
    }
    return totals
  }

  private func look(at supervisor: Supervisor) -> HostSnapshot.Worker? {
    supervisor.assumeIsolated { $0.snapshot }
  }

  /// Pipes between two workers, which pass through here.
  private func links() -> [HostSnapshot.Link] {
    var connections: [ObjectIdentifier: (connection: Connection, number: UInt64)] = [:]
    for supervisor in supervisors.values {
      guard let connection = supervisor.assumeIsolated({ $0.connection }) else { continue }
      connections[ObjectIdentifier(connection)] = (connection, supervisor.number)
    }
    var links: Set<HostSnapshot.Link> = []
    for (connection, number) in connections.values {
      for other in connection.assumeIsolated({ $0.relayedConnections }) {
        guard let second = connections[ObjectIdentifier(other)]?.number, second != number else {
          continue
        }
        links.insert(.init(first: min(number, second), second: max(number, second)))
      }
    }
    return links.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }
}

extension Supervisor {
  /// `nil` while there is no process, and once there is none.
  var snapshot: HostSnapshot.Worker? {
    guard let identity, ending == nil, let pid = process?.pid else { return nil }
    return HostSnapshot.Worker(
      identity: identity, template: templateNumber, age: MonotonicTime.now.since(launched),
      cpu: process?.cpuTime() ?? usage.cpu, memoryBytes: MemoryUse.bytes(of: pid),
      isInvited: isInvited,
      traffic: connection?.assumeIsolated { $0.traffic } ?? ConnectionTraffic())
  }

  /// What has passed so far, of a worker that will be remembered (``life``).
  var passing: (kind: String, traffic: ConnectionTraffic)? {
    guard isInvited || role.isTemplate, ending == nil, let identity, let connection else {
      return nil
    }
    return (identity.kind, connection.assumeIsolated { $0.traffic })
  }

  private var templateNumber: UInt64? {
    if case .fork(let template) = role { template.number } else { nil }
  }
}
