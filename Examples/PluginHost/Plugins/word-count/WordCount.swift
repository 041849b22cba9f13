internal import MageWorker
internal import PluginInterface

/// Counts what is in a text.
@main
struct WordCount: Plugin.Service {
  static func main() { Worker.run { pipe in Receiver(pipe, Plugin.handlers(WordCount())) } }

  func run(document: Document) async throws -> Result<Product, PluginFailure> {
    guard let bytes = try? document.contents() else { return .failed("cannot read the document") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .failed("no text: it is not UTF-8")
    }
    let words = text.split { !$0.isLetter && $0 != "'" }.map { $0.lowercased() }
    let counts = words.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    let often = counts.filter { $0.key.count > 3 }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
      .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    let lines = bytes.count { $0 == UInt8(ascii: "\n") }
    return .success(
      .text(
        "\(lines) lines, \(words.count) words, \(text.count) characters, \(counts.count) different words\nmost often: \(often)\n"
      ))
  }
}
