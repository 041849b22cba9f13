/// A name or a sentence as words in lower case.
struct Words {
  private let words: [String]

  init(_ name: String) { words = SwiftNames.words(of: name).map { $0.lowercased() } }

  init(prose: String) {
    words = prose.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  var first: String? { words.first }
  var last: String? { words.last }
  var count: Int { words.count }

  func contains(_ wanted: Set<String>) -> Bool { words.contains(where: wanted.contains) }

  func starts(with wanted: Set<String>) -> Bool { words.first.map(wanted.contains) ?? false }

  func hasPair(_ pair: [String]) -> Bool {
    zip(words, words.dropFirst()).contains { [$0, $1] == pair }
  }
}
