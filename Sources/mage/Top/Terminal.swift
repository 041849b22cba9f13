internal import Glibc

/// What the screen knows of terminals.
enum Terminal {
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Nothing that a terminal obeys.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: "?"
          default: scalar
          }
        }))
  }

  static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<0: "0s"
    case ..<100: "\(fixed(seconds, 1))s"
    case ..<6000: "\(fixed(seconds / 60, 0))m"
    default: "\(fixed(seconds / 3600, 0))h"
    }
  }

  static func size(_ bytes: UInt64) -> String {
    let mebibytes = Double(bytes) / 1_048_576
    return mebibytes < 1024 ? "\(fixed(mebibytes, 1))M" : "\(fixed(mebibytes / 1024, 1))G"
  }

  /// A number that came from elsewhere, which may be no number at all.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    guard digits > 0 else { return "\(Int64(value.rounded()))" }
    let tenths = Int64((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }
}
