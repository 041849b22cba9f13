internal import MageHost
internal import Synchronization

/// What happened so far.
final class Counts: Sendable {
  private struct State {
    var answers: [Int: Int] = [:]
    var endings: [String: Int] = [:]
  }

  private let state = Mutex(State())

  func answered(_ status: Int) { state.withLock { $0.answers[status, default: 0] += 1 } }

  func ended(_ ending: Ending) { state.withLock { $0.endings[ending.cause.name, default: 0] += 1 } }

  /// One line for people.
  var summary: String {
    let state = state.withLock { $0 }
    let answers = state.answers.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
    let endings = state.endings.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return "answered: \(Self.list(answers)); workers lost: \(Self.list(endings))"
  }

  private static func list(_ parts: [String]) -> String {
    parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  /// The same for Prometheus.
  func metrics(workers: Int, waiting: Int, uploads: Int) -> String {
    let state = state.withLock { $0 }
    var text = """
      # TYPE image_service_workers gauge
      image_service_workers \(workers)
      # TYPE image_service_uploads gauge
      image_service_uploads \(uploads)
      # TYPE image_service_uploads_waiting gauge
      image_service_uploads_waiting \(waiting)
      # TYPE image_service_answers_total counter

      """
    for (status, count) in state.answers.sorted(by: { $0.key < $1.key }) {
      text += "image_service_answers_total{status=\"\(status)\"} \(count)\n"
    }
    text += "# TYPE image_service_workers_lost_total counter\n"
    for (cause, count) in state.endings.sorted(by: { $0.key < $1.key }) {
      text += "image_service_workers_lost_total{cause=\"\(cause)\"} \(count)\n"
    }
    return text
  }
}
