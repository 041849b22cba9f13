internal import DemoInterface
internal import FoundationEssentials
internal import MageHost

/// A file's report for programs: one JSON object on a line.
struct JSONLine: Encodable {
  let file: String
  let outcome: String
  let detail: String
  let timeMicroseconds: Int64
  let cpuMicroseconds: Int64
  let peakMemoryBytes: UInt64
  var width: UInt32?
  var height: UInt32?
  var format: String?
  var forbiddenCall: String?
  var check: String?
  var limit: String?
  var signal: String?

  init(_ report: FileReport) {
    file = report.file.name
    outcome = report.word
    detail = report.detail
    timeMicroseconds = report.time.clampedMicroseconds
    cpuMicroseconds = report.usage.cpu.clampedMicroseconds
    peakMemoryBytes = report.usage.peakMemoryBytes
    switch report.outcome {
    case .decoded(let thumbnail):
      (width, height) = (thumbnail.originalWidth, thumbnail.originalHeight)
      format = thumbnail.format
    case .ended(let ending): describe(ending.cause)
    case .corrupt, .skipped: break
    }
  }

  private mutating func describe(_ cause: Ending.Cause) {
    switch cause {
    case .malformed(let malformed): check = malformed.name
    case .forbiddenCall(let call): forbiddenCall = call.name
    case .limit(let reached): limit = reached.name
    case .crashed(let crash): signal = crash.name
    default: break
    }
  }

  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and integers only: there is nothing that cannot be encoded.
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
