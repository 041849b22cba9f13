/// Reads policies of other languages.
public enum PolicyImport {
  public enum Format: String, CaseIterable, Sendable {
    /// A seccomp profile of a container runtime, in JSON.
    case oci
    /// A policy of minijail.
    case minijail
  }

  /// Bytes of one file: several times the largest profile that is in use.
  public static let sizeLimit = 1 << 20

  /// Reads a policy of another tool.
  ///
  /// - Parameters:
  ///   - text: the file's content.
  ///   - format: `nil` to tell by the text: JSON starts with an object.
  ///   - file: its name, for messages.
  /// - Throws: that it is not in that format, with the place of the first mistake. It follows no include and opens no file.
  public static func read(
    _ text: String, format: Format? = nil, file: String
  ) throws(PolicyError) -> ImportedPolicy {
    guard text.utf8.count <= sizeLimit else {
      throw PolicyError(
        file: file, line: 0, column: 0, message: "larger than \(sizeLimit >> 20) MiB")
    }
    switch format ?? guess(text) {
    case .oci: return try OCIProfile.read(text, file: file)
    case .minijail: return try MinijailPolicy.read(text, file: file)
    }
  }

  private static func guess(_ text: String) -> Format {
    let letters = text.unicodeScalars.lazy.filter { !" \t\r\n".unicodeScalars.contains($0) }
    return letters.prefix(2).elementsEqual("{\"".unicodeScalars) ? .oci : .minijail
  }
}
