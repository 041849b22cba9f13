internal import MageSystem
internal import MageWorker
internal import PluginInterface

/// Looks words up in a word list of the system's, which it opens by name: the host opens it in its place, if the user has granted it.
@main
struct SpellCheck: Plugin.Service {
  private static let wordList = "/usr/share/dict/american-english"

  static func main() { Worker.run { pipe in Receiver(pipe, Plugin.handlers(SpellCheck())) } }

  func run(document: Document) async throws -> Result<Product, PluginFailure> {
    guard let bytes = try? document.contents(),
      let text = String(validating: bytes, as: UTF8.self)
    else { return .failed("no text: it is not UTF-8") }
    let known: Set<ArraySlice<UInt8>>
    do throws(SystemError) {
      known = Self.words(in: try FileReading.read(Self.wordList, limit: 8 << 20))
    } catch {
      return .failed("no word list: \(error)")
    }
    return .success(.text(Self.report(on: text, known)))
  }

  private static func words(in list: [UInt8]) -> Set<ArraySlice<UInt8>> {
    Set(list.split(separator: UInt8(ascii: "\n")))
  }

  private static func report(on text: String, _ known: Set<ArraySlice<UInt8>>) -> String {
    var report = ""
    var count = 0
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      for word in line.split(whereSeparator: { !$0.isLetter && $0 != "'" })
      where !isKnown(word, known) {
        count += 1
        // The reply has room for so much; the count goes on.
        if report.utf8.count < 60_000 { report += "line \(number + 1): \(word)\n" }
      }
    }
    return report + (count == 0 ? "no unknown word\n" : "\(count) unknown\n")
  }

  private static func isKnown(_ word: Substring, _ known: Set<ArraySlice<UInt8>>) -> Bool {
    known.contains(ArraySlice(Array(word.utf8)))
      || known.contains(ArraySlice(Array(word.lowercased().utf8)))
  }
}
