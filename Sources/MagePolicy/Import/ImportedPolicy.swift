/// A policy of another language, carried over rule by rule, and what of it could not be.
///
/// What cannot be said here becomes stricter and never weaker: an allow that cannot be carried over is left out, a refusal whose
/// condition cannot be said holds always.
public struct ImportedPolicy: Sendable {
  /// What means something else here, or nothing, each with its place in the file.
  public private(set) var notes: [String] = []
  private var lines: [(rule: Rule, note: String)] = []

  /// What a line of the file that is imported is called in notes: `FILE:3`.
  let file: String

  /// More rules than any policy has.
  static let maxRules = 4096

  init(file: String) { self.file = file }

  mutating func note(_ place: String, _ text: String) { notes.append("\(file)\(place): \(text)") }

  mutating func add(_ foreign: ForeignRule) throws(PolicyError) {
    guard lines.count < Self.maxRules else {
      throw PolicyError(file: file, line: 0, column: 0, message: "more than \(Self.maxRules) rules")
    }
    for text in foreign.notes { note(foreign.place, "\(foreign.call): \(text)") }
    guard SystemCallNames.number(of: foreign.call) != nil else {
      return note(foreign.place, "\(foreign.call): no call of x86_64; left out")
    }
    guard foreign.call != "clone3" else {
      return note(foreign.place, "clone3: always gets ENOSYS here; left out")
    }
    var rule = Rule(foreign.action, foreign.call)
    do throws(Untranslatable) {
      rule.condition = try foreign.condition()
      if foreign.comparesTooMuch {
        note(
          foreign.place,
          "\(foreign.call): compares 64 bits there, and here those that the kernel reads")
      }
    } catch {
      guard foreign.action != .allow else {
        return note(foreign.place, "\(foreign.call): \(error.reason); left out")
      }
      note(foreign.place, "\(foreign.call): \(error.reason); refused always")
    }
    add(rule, foreign)
  }

  private mutating func add(_ rule: Rule, _ foreign: ForeignRule) {
    var rule = rule
    if rule.action == .allow,
      DangerousCalls.contains(rule.call, conditional: rule.condition != nil)
    {
      rule.dangerousReason = "IMPORTED: \(file)\(foreign.place)"
      note(foreign.place, "\(rule.call): dangerous; say why it is allowed, or take it out")
    }
    if let reason = rule.refusal(isSealed: false) {
      return note(foreign.place, "\(reason); left out")
    }
    lines.append((rule, foreign.notes.joined(separator: "; ")))
  }

  /// The policy's text: everything of `base` but its rules and tests, and the rules that were carried over.
  public func text(name: String, base: Policy) -> String {
    let settings = base.settings(
      name: name, summary: "Imported. Read every line, and say why it is there.")
    // Each rule once, and in an order that does not depend on the file's.
    var seen: Set<String> = []
    let rules = lines.sorted { PolicyPrinter.sortKey($0.rule) < PolicyPrinter.sortKey($1.rule) }
      .filter { seen.insert("\($0.rule)").inserted }
      .map { line in
        "    \(line.rule)" + (line.note.isEmpty ? "" : "  # \(line.note)")
      }
    return settings + "\nsyscalls startup {\n" + rules.joined(separator: "\n") + "\n}\n"
  }
}

extension Policy {
  /// Its text without rules and tests, under another name.
  func settings(name: String, summary: String) -> String {
    var bare = self
    (bare.name, bare.version, bare.tests, bare.summary) = (name, 1, [], summary)
    (bare.startup, bare.serve) = (PhaseRules(), PhaseRules())
    let empty = "\nsyscalls startup {\n}\n\nsyscalls serve {\n}\n"
    let text = bare.description
    return text.hasSuffix(empty) ? String(text.dropLast(empty.count)) : text
  }
}
