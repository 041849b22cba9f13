internal import Instrumentation
public import MageHost
internal import Metrics
public import Tracing

/// Measures each call of the host's to its workers, and has the caller's trace go with it: `Host(observer: CallTelemetry())`.
///
/// - `mage_call_seconds`, a timer by `method` and `outcome` (swift-metrics).
/// - The trace context of the calling task (swift-distributed-tracing), as far as W3C `traceparent` holds it, is `TraceContext.current` in the worker's handler.
public struct CallTelemetry: CallObserver {
  public init() {}

  public func willCall(_ method: String) -> TraceContext? {
    guard let context = ServiceContext.current else { return nil }
    var fields: [String: String] = [:]
    InstrumentationSystem.instrument.inject(context, into: &fields, using: Fields())
    return fields["traceparent"].flatMap { TraceContext(traceparent: $0) }
  }

  public func didCall(_ method: String, took time: Duration, failure: CallError?) {
    let dimensions = [("method", method), ("outcome", Self.outcome(failure))]
    Timer(label: "mage_call_seconds", dimensions: dimensions).record(duration: time)
  }

  private static func outcome(_ failure: CallError?) -> String {
    switch failure {
    case nil: "answered"
    case .workerEnded: "worker-ended"
    case .hostGone: "host-gone"
    case .pipeClosed: "pipe-closed"
    case .deadlineMissed: "deadline-missed"
    case .cancelled: "cancelled"
    case .refused, .endpoint: "refused"
    case .noWorker: "no-worker"
    }
  }
}

/// Runs a span for what a worker has asked its host: in a handler of the host's.
///
/// The trace that the worker claims to belong to (`TraceContext`) is *linked* and never the parent: a worker that was taken over could otherwise write into any trace
/// whose id it knows.
public func withWorkerSpan<Value>(
  _ name: String, _ body: (any Span) async throws -> Value
) async rethrows -> Value {
  try await withSpan(name, ofKind: .server) { span in
    if let claimed = TraceContext.ofWorker {
      var context = ServiceContext.topLevel
      InstrumentationSystem.instrument.extract(
        ["traceparent": claimed.traceparent], into: &context, using: Fields())
      span.addLink(SpanLink(context: context, attributes: ["mage.untrusted": true]))
    }
    return try await body(span)
  }
}

private struct Fields: Injector, Extractor {
  func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
    carrier[key.lowercased()] = value
  }

  func extract(key: String, from carrier: [String: String]) -> String? { carrier[key.lowercased()] }
}
