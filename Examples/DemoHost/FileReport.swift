internal import DemoInterface
internal import DemoSupport
internal import MageHost

/// What became of one file.
struct FileReport: Sendable {
  enum Outcome: Sendable {
    case decoded(Thumbnail)
    /// The worker is well and says that this is no image.
    case corrupt(String)
    /// The worker ended over it.
    case ended(Ending)
    /// It was not given to a worker.
    case skipped(String)
  }

  let file: ImageFile
  let outcome: Outcome
  /// From handing the file over to the outcome, a worker's start included when one had to be started.
  let time: Duration
  /// The worker's processor time and memory: for this file, or over its whole life when it ended.
  let usage: ResourceUsage

  /// One word for tables, tiles and programs.
  var word: String {
    switch outcome {
    case .decoded: "decoded"
    case .corrupt: "corrupt"
    case .skipped: "skipped"
    case .ended(let ending): Self.word(for: ending.cause)
    }
  }

  private static func word(for cause: Ending.Cause) -> String {
    switch cause {
    case .finished, .exited: "exited"
    case .malformed: "malformed"
    case .forbiddenCall: "forbidden"
    case .limit: "limit"
    case .crashed: "crashed"
    case .notSealed: "not-sealed"
    case .killed, .hostGone: "killed"
    }
  }

  /// What happened, in words.
  var detail: String {
    switch outcome {
    case .decoded(let thumbnail):
      "\(thumbnail.format), \(thumbnail.originalWidth) x \(thumbnail.originalHeight)"
    case .corrupt(let reason): Escaping.printable(reason)
    case .skipped(let reason): reason
    case .ended(let ending): "\(ending.cause)"
    }
  }

  var tile: SheetTile {
    SheetTile(name: file.name, outcome: tileOutcome, status: shortDetail)
  }

  /// ``detail`` for the two short lines of a tile.
  private var shortDetail: String {
    guard case .ended(let ending) = outcome else { return detail }
    switch ending.cause {
    case .malformed(let malformed): return malformed.name
    case .forbiddenCall(let call): return "called \(call.name)"
    default: return detail
    }
  }

  private var tileOutcome: SheetTile.Outcome {
    if case .decoded(let thumbnail) = outcome,
      let bitmap = try? Bitmap(
        width: Int(thumbnail.width), height: Int(thumbnail.height), rgba: thumbnail.rgba)
    {
      return .image(bitmap)
    }
    return .problem(word: word.uppercased(), colour: colour)
  }

  private var colour: Colour {
    guard case .ended(let ending) = outcome else { return Theme.broken }
    switch ending.cause {
    case .crashed, .exited, .finished: return Theme.crashed
    case .limit: return Theme.greedy
    default: return Theme.hostile
    }
  }

  /// Whether a worker was ended over the file.
  var isWorkersFault: Bool {
    if case .ended = outcome { return true }
    return false
  }
}

// MARK: - Output

extension FileReport {
  /// A line for people: outcome, time, processor, memory, name, detail.
  func line(nameWidth: Int) -> String {
    let padding = String(repeating: " ", count: max(0, nameWidth - file.name.count))
    let columns = [
      Self.right(Text.milliseconds(time), 11), Self.right(Text.milliseconds(usage.cpu), 11),
      Self.right(Text.mebibytes(usage.peakMemoryBytes), 8),
    ]
    return
      "\(Self.left(word, 10)) \(columns.joined(separator: " "))  \(file.name)\(padding)  \(detail)"
  }

  static func heading(nameWidth: Int) -> String {
    let name = left("file", nameWidth)
    return
      "\(left("outcome", 10)) \(right("time", 11)) \(right("cpu", 11)) \(right("memory", 8))  \(name)  what happened"
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Figures with units.
enum Text {
  static func milliseconds(_ duration: Duration) -> String {
    let tenths = duration.clampedMicroseconds / 100
    return "\(tenths / 10).\(tenths % 10) ms"
  }

  static func mebibytes(_ bytes: UInt64) -> String { "\(bytes >> 20) MiB" }
}

extension Duration {
  var clampedMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let (micros, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : micros &+ attoseconds / 1_000_000_000_000
  }
}
