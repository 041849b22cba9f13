internal import BrowserInterface
internal import DemoSupport
internal import MageSystem

/// A document that the user asked for.
struct Source: Sendable {
  private static let largest = 32 << 20

  /// Its name without directories, as it is: escape it before it is shown.
  let name: String
  let kind: DocumentKind
  let bytes: [UInt8]
  private let number: Int

  /// - Parameter number: of its tab, from 1.
  init(path: String, number: Int) throws(BrowserFailure) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    self.number = number
    kind = try Self.kind(of: name, path)
    do throws(SystemError) {
      bytes = try FileReading.read(path, limit: Self.largest)
    } catch {
      throw BrowserFailure(
        status: BrowserFailure.noInput,
        text: "cannot read \(Escaping.printable(path)): \(error.errnoName)")
    }
    guard !bytes.isEmpty else {
      throw BrowserFailure(
        status: BrowserFailure.noInput, text: "\(Escaping.printable(path)) is empty")
    }
  }

  private static func kind(of name: String, _ path: String) throws(BrowserFailure) -> DocumentKind {
    let ending = name.split(separator: ".").last?.lowercased()
    switch ending {
    case "md", "markdown": return .markdown
    case "svg": return .svg
    case "pdf": return .pdf
    default:
      throw BrowserFailure(
        status: BrowserFailure.noInput,
        text: "\(Escaping.printable(path)) ends in none of .md, .svg and .pdf")
    }
  }

  /// A file name that is ours, whatever the document is called.
  func picture(page: Int) -> String { "tab-\(number)-page-\(page).png" }
}
