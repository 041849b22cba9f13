internal import ArgumentParser

/// A time as options give it: `2s`, `0.5s`, `500ms`, `1min`; a bare number is seconds.
struct DurationOption: ExpressibleByArgument, Equatable {
  let duration: Duration

  init?(argument: String) {
    let units: [String: Double] = ["": 1, "s": 1, "ms": 1e-3, "us": 1e-6, "min": 60, "h": 3600]
    guard let (value, unit) = Quantity.split(argument), let factor = units[unit] else { return nil }
    let seconds = value * factor
    guard seconds > 0, seconds < 1e9 else { return nil }
    duration = .seconds(seconds)
  }
}

/// An amount of bytes: `256MiB`, `64KiB`, `1GiB`; a bare number is bytes.
struct SizeOption: ExpressibleByArgument, Equatable {
  let bytes: UInt64

  init?(argument: String) {
    let units: [String: Double] = [
      "": 1, "B": 1, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
      "K": 1024, "M": 1_048_576, "G": 1_073_741_824,
    ]
    guard let (value, unit) = Quantity.split(argument), let factor = units[unit] else { return nil }
    let bytes = value * factor
    guard bytes >= 0, bytes < 1e15 else { return nil }
    self.bytes = UInt64(bytes)
  }
}

private enum Quantity {
  /// The number and the letters after it.
  static func split(_ text: String) -> (Double, String)? {
    let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    guard !digits.isEmpty, let value = Double(digits) else { return nil }
    return (value, String(text.dropFirst(digits.count)))
  }
}
