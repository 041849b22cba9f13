/// Text from strangers, file names above all, made safe to show on a terminal.
package enum Escaping {
  /// The text with everything that a terminal could act on, hide or reorder written as `\u{…}`.
  ///
  /// Letters, digits, punctuation and symbols of every script stay; so does the space. Control
  /// and format characters, direction overrides, other blanks, joining marks, private and
  /// unassigned code points are escaped, and a backslash is doubled, so that two different texts
  /// never look alike.
  ///
  /// - Parameter limit: characters shown at most; a longer text is cut and ends in `...`.
  package static func printable(_ text: String, limit: Int = 4_096) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < limit else { return result + "..." }
      if scalar == "\\" {
        result += "\\\\"
      } else if isPlain(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      }
      count += 1
    }
    return result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7f).contains(scalar.value) }
    // Fillers are letters by category and invisible by this property.
    if scalar.properties.isDefaultIgnorableCodePoint { return false }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber,
      .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation,
      .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      true
    default: false
    }
  }
}
