/// A pattern of names: `*` is any bytes but `/`, `**` any bytes.
struct Glob {
  private let pattern: [UInt8]

  init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

  /// Whether all of `text` fits. Takes time in proportion to the product of the lengths, whatever the pattern.
  func matches(_ text: [UInt8]) -> Bool {
    // Which prefixes of the text the pattern so far can match.
    var reachable = [Bool](repeating: false, count: text.count + 1)
    reachable[0] = true
    var index = 0
    while index < pattern.count {
      if pattern[index] == 0x2A {
        let crosses = index + 1 < pattern.count && pattern[index + 1] == 0x2A
        index += crosses ? 2 : 1
        for end in text.indices where reachable[end] && (crosses || text[end] != 0x2F) {
          reachable[end + 1] = true
        }
      } else {
        var next = [Bool](repeating: false, count: text.count + 1)
        for end in text.indices where reachable[end] && text[end] == pattern[index] {
          next[end + 1] = true
        }
        reachable = next
        index += 1
      }
    }
    return reachable[text.count]
  }
}
