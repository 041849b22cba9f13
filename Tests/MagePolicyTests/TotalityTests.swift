import MagePolicy
import Testing

/// Whatever a file holds, the parser answers: a policy or an error with a place in the file.
@Suite struct TotalityTests {
  private func answers(_ text: String) -> Bool {
    do {
      let policy = try Texts.parse(text)
      return try Texts.parse(policy.description) == policy
    } catch {
      return error.line >= 1 && error.column >= 1 && !error.message.isEmpty
    }
  }

  @Test func everyTruncation() {
    let scalars = Array(ModelTests.full.unicodeScalars)
    for count in stride(from: 0, to: scalars.count, by: 11) {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars.prefix(count))
      #expect(answers(String(text)), "\(count)")
    }
  }

  /// Tokens taken out, doubled, or put in another's place.
  @Test func shuffledTokens() {
    var random = SystemRandomNumberGenerator()
    let words = ModelTests.full.split(separator: " ")
    for _ in 0..<150 {
      var changed = words
      let at = words.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<3, using: &random) {
      case 0: changed.remove(at: at)
      case 1: changed.insert(changed[at], at: at)
      default: changed[at] = words.randomElement(using: &random) ?? ""
      }
      let text = changed.joined(separator: " ")
      #expect(answers(text), "\(text)")
    }
  }

  /// More than a filter has room for, or than anybody reads: an answer, and at once.
  @Test func tooMuchOfEverything() {
    func rules(_ count: Int) -> String {
      Texts.serve(String(repeating: "allow read\n", count: count))
    }
    #expect(Texts.complaint(rules(4096)) == "nothing")
    #expect(Texts.complaint(rules(4097)) == "w.sandbox:4102:7: more than 4096 rules in one phase")
    let tooLarge = "w.sandbox:1:1: larger than 1 MiB; a policy is a page"
    #expect(Texts.complaint(rules(1_000_000)) == tooLarge)
    #expect(Texts.complaint(Texts.head + String(repeating: " ", count: 10 << 20)) == tooLarge)
  }

  @Test func numbersOfAnySize() {
    for number in ["0", "18446744073709551615", "9223372036854775808", "0xFFFFFFFFFFFFFFFF", "-1"] {
      for text in [
        "limits { memory \(number) }", "limits { cpu \(number)min }",
        "limits { threads \(number) }",
        "ipc { rate \(number)/s }", "syscalls serve { fake getpid = \(number) }",
        "syscalls serve { allow read when count == \(number) and fd == \(number) }",
      ] {
        #expect(answers(Texts.head + text), "\(text)")
      }
    }
  }
}
