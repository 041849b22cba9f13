public import MageHost
internal import Metrics
public import ServiceLifecycle

/// Counts what happens to a host's workers (swift-metrics).
///
/// | name | kind | dimensions |
/// |---|---|---|
/// | `mage_workers_started` | counter | kind, role |
/// | `mage_worker_start_seconds` | timer | kind, role |
/// | `mage_workers_ended` | counter | kind, cause |
/// | `mage_worker_starts_failed` | counter | kind |
/// | `mage_worker_cpu_seconds` | timer, of a whole life | kind |
/// | `mage_worker_peak_memory_bytes` | recorder | kind |
/// | `mage_worker_output_lines`, `mage_worker_output_dropped_bytes` | counters | kind |
/// | `mage_calls_retried`, `mage_inputs_refused`, `mage_events_dropped` | counters | kind; the last has none |
/// | `mage_workers`, `mage_memory_bytes`, `mage_calls_open`, `mage_pipes`, `mage_queued_bytes` | gauges | kind |
/// | `mage_sent_bytes`, `mage_received_bytes`, `mage_calls_answered` | counters, workers that have ended included | kind |
/// | `mage_pool_workers_in_use`, `mage_pool_callers_waiting` | gauges | kind |
///
/// Latencies of calls come from ``CallTelemetry``, which a host is made with. No dimension takes a value that a worker chose.
public struct HostMetrics: Service {
  private let host: Host
  private let events: HostEvents
  private let interval: Duration

  /// - Parameters:
  ///   - host: whose workers are counted.
  ///   - interval: between two looks at gauges and at what has passed.
  ///   - buffer: events that are kept while the metrics are slow; the host never waits for them.
  public init(_ host: Host, every interval: Duration = .seconds(10), buffer: Int = 4096) {
    self.host = host
    self.interval = max(interval, .milliseconds(10))
    events = host.events(buffer: buffer)
  }

  /// Returns when the host has shut down.
  public func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var figures = HostFigures()
        while !Task.isCancelled {
          figures.record(await host.snapshot())
          try? await Task.sleep(for: interval)
        }
        // Once more: what has passed since the last look, and no worker is left.
        figures.record(await host.snapshot())
      }
      for await event in events { Self.count(event) }
      group.cancelAll()
    }
  }

  private static func count(_ event: HostEvent) {
    switch event.kind {
    case .started(let worker, let time):
      let dimensions = [("kind", worker.kind), ("role", worker.role.rawValue)]
      Counter(label: "mage_workers_started", dimensions: dimensions).increment()
      Timer(label: "mage_worker_start_seconds", dimensions: dimensions).record(duration: time)
    case .ended(let worker, let ending):
      let kind = [("kind", worker.kind)]
      Counter(label: "mage_workers_ended", dimensions: kind + [("cause", ending.cause.name)])
        .increment()
      Timer(label: "mage_worker_cpu_seconds", dimensions: kind).record(duration: ending.usage.cpu)
      Recorder(label: "mage_worker_peak_memory_bytes", dimensions: kind)
        .record(Int64(clamping: ending.usage.peakMemoryBytes))
    case .startFailed(let kind, _, _): add("mage_worker_starts_failed", kind)
    case .output(let worker, let line):
      add("mage_worker_output_lines", worker.kind)
      add("mage_worker_output_dropped_bytes", worker.kind, Int64(clamping: line.droppedBytes))
    case .callRetried(let kind, _): add("mage_calls_retried", kind)
    case .inputRefused(let kind, _, _): add("mage_inputs_refused", kind)
    case .dropped(let count):
      Counter(label: "mage_events_dropped").increment(by: Int64(clamping: count))
    case .restartDelayed, .restartGivenUp: break
    }
  }

  private static func add(_ label: String, _ kind: String, _ amount: Int64 = 1) {
    Counter(label: label, dimensions: [("kind", kind)]).increment(by: amount)
  }
}

/// What there is at one moment, and what has passed since the last. Kinds whose workers have all gone go back to zero.
private struct HostFigures {
  private var known: Set<String> = []
  private var counted: [String: HostSnapshot.Passed] = [:]

  private struct Sum {
    var workers = 0
    var memory = 0.0
    var open = 0
    var pipes = 0
    var queued = 0
  }

  mutating func record(_ snapshot: HostSnapshot) {
    var sums = Dictionary(known.map { ($0, Sum()) }) { first, _ in first }
    for worker in snapshot.workers {
      var sum = sums[worker.identity.kind] ?? Sum()
      sum.workers += 1
      sum.memory += Double(worker.memoryBytes)
      sum.open += worker.traffic.callsOpen
      sum.pipes += worker.traffic.pipes
      sum.queued += worker.traffic.queuedBytes
      sums[worker.identity.kind] = sum
    }
    known = Set(sums.keys)
    for (kind, sum) in sums { record(kind, sum) }
    for (kind, passed) in snapshot.totals.passed { count(kind, passed) }
    for pool in snapshot.pools {
      set("mage_pool_workers_in_use", pool.kind, Double(pool.lent))
      set("mage_pool_callers_waiting", pool.kind, Double(pool.waiting))
    }
  }

  private func record(_ kind: String, _ sum: Sum) {
    set("mage_workers", kind, Double(sum.workers))
    set("mage_memory_bytes", kind, sum.memory)
    set("mage_calls_open", kind, Double(sum.open))
    set("mage_pipes", kind, Double(sum.pipes))
    set("mage_queued_bytes", kind, Double(sum.queued))
  }

  /// The host's totals hold what workers have passed that came and went between two looks.
  private mutating func count(_ kind: String, _ passed: HostSnapshot.Passed) {
    let before = counted.updateValue(passed, forKey: kind) ?? HostSnapshot.Passed()
    add("mage_sent_bytes", kind, passed.bytesSent &- before.bytesSent)
    add("mage_received_bytes", kind, passed.bytesReceived &- before.bytesReceived)
    add("mage_calls_answered", kind, passed.callsAnswered &- before.callsAnswered)
  }

  private func add(_ label: String, _ kind: String, _ amount: UInt64) {
    Counter(label: label, dimensions: [("kind", kind)]).increment(by: Int64(clamping: amount))
  }

  private func set(_ label: String, _ kind: String, _ value: Double) {
    Gauge(label: label, dimensions: [("kind", kind)]).record(value)
  }
}
