extension Limits {
  /// What these allow to be used up beyond `floor`.
  func excess(beyond floor: Limits) -> [PolicyExcess] {
    let size = PolicyPrinter.size
    let time = PolicyPrinter.duration
    let bounds: [PolicyExcess?] = [
      .unlessWithin(.limits, memory, floor.memory, "memory", size),
      .unlessWithin(.limits, cpu, floor.cpu, "cpu", time),
      .unlessWithin(.limits, wall, floor.wall, "wall", time),
      .unlessWithin(.limits, deadline, floor.deadline, "wall per request", time),
      .unlessWithin(.limits, output, floor.output, "output", size),
      .unlessWithin(.limits, processes, floor.processes, "processes") { "\($0)" },
      .unlessWithin(.limits, threads, floor.threads, "threads") { "\($0)" },
      .unlessWithin(.limits, openFiles, floor.openFiles, "open-files") { "\($0)" },
      .unlessWithin(.limits, lockedMemory, floor.lockedMemory, "locked-memory", size),
      .unlessWithin(.limits, brokerRate, floor.brokerRate, "broker-rate") { "\($0)/s" },
    ]
    return bounds.compactMap { $0 }
  }
}

extension IPCQuota {
  /// What these allow to be sent and held beyond `floor`.
  func excess(beyond floor: IPCQuota) -> [PolicyExcess] {
    let size: (UInt64) -> String = PolicyPrinter.size
    let bounds: [PolicyExcess?] = [
      .unlessWithin(.ipc, UInt64(maxMessage), UInt64(floor.maxMessage), "max-message", size),
      .unlessWithin(.ipc, maxDescriptors, floor.maxDescriptors, "max-fds-per-message") { "\($0)" },
      .unlessWithin(.ipc, rate, floor.rate, "rate") { "\($0)/s" },
      .unlessWithin(.ipc, burst ?? rate, floor.burst ?? floor.rate, "burst") { "\($0)" },
      .unlessWithin(.ipc, inflight, floor.inflight, "inflight") { "\($0)" },
      .unlessWithin(.ipc, handles, floor.handles, "handles") { "\($0)" },
      .unlessWithin(.ipc, queueBytes, floor.queueBytes, "queue-bytes", size),
      .unlessWithin(.ipc, UInt64(maxPayload), UInt64(floor.maxPayload), "max-payload", size),
      .unlessWithin(.ipc, UInt64(poolBytes), UInt64(floor.poolBytes), "pool-bytes", size),
    ]
    return bounds.compactMap { $0 }
  }
}

extension PolicyExcess {
  /// `nil` for a limit that is no higher than `bound`. No limit is higher than each.
  fileprivate static func unlessWithin<Value: Comparable>(
    _ section: Section, _ value: Value?, _ bound: Value?, _ name: String,
    _ text: (Value) -> String
  ) -> PolicyExcess? {
    guard let bound else { return nil }
    if let value, value <= bound { return nil }
    return PolicyExcess(
      section, value.map { "\(name) \(text($0))" } ?? "\(name) unlimited",
      bound: "\(name) \(text(bound))")
  }
}
