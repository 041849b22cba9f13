/// Reads seccomp policies of minijail (minijail0(5)).
struct MinijailPolicy {
  private var policy: ImportedPolicy

  /// - Throws: the first line that is none of minijail's.
  static func read(_ text: String, file: String) throws(PolicyError) -> ImportedPolicy {
    var reader = MinijailPolicy(policy: ImportedPolicy(file: file))
    var joined = ""
    var first = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if joined.isEmpty { first = index + 1 }
      let bare = line.prefix { $0 != "#" }.trimmed
      if bare.hasSuffix("\\") {
        joined += bare.dropLast() + " "
        continue
      }
      joined += bare
      try reader.line(joined, number: first)
      joined = ""
    }
    return reader.policy
  }

  private mutating func line(_ text: String, number: Int) throws(PolicyError) {
    let place = ":\(number)"
    guard !text.isEmpty else { return }
    func wrong(_ message: String) -> PolicyError {
      PolicyError(file: policy.file, line: number, column: 1, message: message)
    }
    guard !text.hasPrefix("@") else { return directive(text, place) }
    guard let colon = text.firstIndex(of: ":") else { throw wrong("expected 'CALL: RULE'") }
    let names = text[..<colon].trimming(" \t{}").split(separator: ",").map { $0.trimmed }
    let rules: [ForeignRule]
    do throws(Untranslatable) {
      var parser = MinijailExpression(String(text[text.index(after: colon)...]))
      rules = try parser.rules(place: place)
    } catch {
      throw wrong(error.reason)
    }
    guard names.allSatisfy({ !$0.isEmpty }), !names.isEmpty else {
      throw wrong("expected the name of a call")
    }
    for name in names {
      // `open[arch=arm]`
      let call = String(name.prefix { $0 != "[" })
      if name != call, !name.contains("arch=x86_64") {
        policy.note(place, "\(name): for other processors; left out")
        continue
      }
      for rule in rules {
        var rule = rule
        rule.call = call
        try policy.add(rule)
      }
    }
  }

  private mutating func directive(_ text: String, _ place: String) {
    if text.hasPrefix("@frequency") { return }
    if text.hasPrefix("@default") {
      return policy.note(place, "\(text): here what is not listed ends the process")
    }
    policy.note(place, "\(text): not followed; import that file too")
  }
}

/// What stands behind the colon: `1`, `allow`, `arg0 == 5 && arg1 in 3 || arg2 & 1; return EPERM`, `return ENOSYS`, `kill` …
private struct MinijailExpression {
  private var words: [String]

  init(_ text: String) { words = Self.words(text).reversed() }

  /// Cuts at blanks, and before and behind operators.
  private static func words(_ text: String) -> [String] {
    let pairs = ["||", "&&", "==", "!=", "<=", ">="]
    var result: [String] = []
    var word = ""
    var rest = text[...]
    func end() {
      if !word.isEmpty { result.append(word) }
      word = ""
    }
    while let letter = rest.first {
      if let pair = pairs.first(where: { rest.hasPrefix($0) }) {
        end()
        result.append(pair)
        rest = rest.dropFirst(2)
        continue
      }
      rest = rest.dropFirst()
      if letter.isWhitespace {
        end()
      } else if "&|<>;()~".contains(letter) {
        end()
        result.append(String(letter))
      } else {
        word.append(letter)
      }
    }
    end()
    return result
  }

  private mutating func take(_ word: String) -> Bool {
    guard words.last == word else { return false }
    words.removeLast()
    return true
  }

  private mutating func next(_ what: String) throws(Untranslatable) -> String {
    guard let word = words.popLast() else { throw Untranslatable(reason: "expected \(what)") }
    return word
  }

  mutating func rules(place: String) throws(Untranslatable) -> [ForeignRule] {
    func rule(_ action: RuleAction, _ note: String? = nil) -> ForeignRule {
      ForeignRule(call: "", action: action, notes: note.map { [$0] } ?? [], place: place)
    }
    let rules: [ForeignRule]
    switch words.last {
    case "1", "allow": rules = [rule(.allow)]
    case "log": rules = [rule(.allow, "logged there")]
    case "kill", "kill-thread": rules = [rule(.deny, "ends only the thread there")]
    case "kill-process", "0": rules = [rule(.deny)]
    case "trap", "trace", "user-notify": rules = [rule(.deny, "asks somebody else there")]
    case "return": rules = [rule(try otherwise())]
    default: return try conditional(rule(.allow))
    }
    if words.count == 1 { words.removeLast() }
    guard words.isEmpty else { throw Untranslatable(reason: "something follows the rule") }
    return rules
  }

  private mutating func conditional(_ allow: ForeignRule) throws(Untranslatable) -> [ForeignRule] {
    var allow = allow
    var cases: [[ForeignTest]] = []
    repeat {
      var tests: [ForeignTest] = []
      repeat { tests.append(try test()) } while take("&&")
      cases.append(tests)
      guard cases.count <= 64 else { throw Untranslatable(reason: "too many alternatives") }
    } while take("||")
    allow.cases = cases
    guard take(";") else {
      guard words.isEmpty else { throw Untranslatable(reason: "expected '&&', '||' or ';'") }
      return [allow]
    }
    var refuse = allow
    refuse.action = try otherwise()
    refuse.isInverted = true
    guard words.isEmpty else { throw Untranslatable(reason: "something follows the rule") }
    return [allow, refuse]
  }

  /// `return EPERM`, or `return 1`.
  private mutating func otherwise() throws(Untranslatable) -> RuleAction {
    guard take("return") else { throw Untranslatable(reason: "expected 'return'") }
    let name = try next("an errno")
    guard let errno = PolicyConstants.errno(named: name) ?? Int32(name), (1...4095).contains(errno)
    else { throw Untranslatable(reason: "unknown errno '\(name)'") }
    return .errno(errno)
  }

  private mutating func test() throws(Untranslatable) -> ForeignTest {
    let argument = try next("an argument")
    guard argument.hasPrefix("arg"), let index = Int(argument.dropFirst(3)), (0...5).contains(index)
    else { throw Untranslatable(reason: "expected arg0 to arg5, found '\(argument)'") }
    let relations: [String: ForeignTest.Relation] = [
      "==": .equal, "!=": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater,
      ">=": .greaterOrEqual, "&": .anyBit, "in": .within,
    ]
    let word = try next("a comparison")
    guard let relation = relations[word] else {
      throw Untranslatable(reason: "unknown comparison '\(word)'")
    }
    return ForeignTest(index: index, relation: relation, value: try value(depth: 0))
  }

  /// Constants joined by `|`, with `~` and parentheses.
  private mutating func value(depth: Int) throws(Untranslatable) -> UInt64 {
    guard depth < 16 else { throw Untranslatable(reason: "nested too deep") }
    var bits: UInt64 = 0
    repeat {
      if take("~") {
        bits |= ~(try term(depth: depth))
      } else {
        bits |= try term(depth: depth)
      }
    } while take("|")
    return bits
  }

  private mutating func term(depth: Int) throws(Untranslatable) -> UInt64 {
    if take("(") {
      let inner = try value(depth: depth + 1)
      guard take(")") else { throw Untranslatable(reason: "expected ')'") }
      return inner
    }
    let word = try next("a value")
    if let number = PolicyConstants.number(word) ?? PolicyConstants.value(of: word) {
      return number
    }
    throw Untranslatable(reason: "unknown constant '\(word)'")
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { trimming(" \t\r") }

  fileprivate func trimming(_ letters: String) -> String {
    var text = Substring(self)
    while let first = text.first, letters.contains(first) { text = text.dropFirst() }
    while let last = text.last, letters.contains(last) { text = text.dropLast() }
    return String(text)
  }
}
