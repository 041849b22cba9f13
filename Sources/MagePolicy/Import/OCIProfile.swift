/// Reads seccomp profiles of containers (OCI runtime specification, `linux.seccomp`, and Docker's superset of it).
struct OCIProfile {
  private var policy: ImportedPolicy
  private let file: String

  /// - Throws: that it is no such profile, or one that allows what it does not name.
  static func read(_ text: String, file: String) throws(PolicyError) -> ImportedPolicy {
    var profile = OCIProfile(file: file)
    do throws(JSONValue.Malformed) {
      let json = try JSONValue.parse(text)
      do throws(PolicyJSONReader.Mistake) {
        try profile.read(json)
      } catch {
        throw JSONValue.Malformed(message: error.message, offset: 0)
      }
    } catch {
      let line = error.offset > 0 ? text.utf8.prefix(error.offset).count { $0 == 0x0A } + 1 : 0
      throw PolicyError(file: file, line: line, column: min(line, 1), message: error.message)
    }
    return profile.policy
  }

  private init(file: String) {
    self.file = file
    policy = ImportedPolicy(file: file)
  }

  private typealias Mistake = PolicyJSONReader.Mistake

  private mutating func read(_ json: JSONValue) throws(Mistake) {
    guard case .string(let name)? = json["defaultAction"] else {
      throw Mistake(message: "no seccomp profile: it has no 'defaultAction'")
    }
    let standard = try Self.action(name, errno: json["defaultErrnoRet"])
    guard standard.action != .allow else {
      throw Mistake(
        message: "it allows what it does not name (\(name)); a policy here lists what is allowed")
    }
    if standard.action != .deny || standard.note != nil {
      policy.note("", "calls that are not listed get \(name) there; here they end the program")
    }
    guard case .array(let entries)? = json["syscalls"] else { return }
    for (index, entry) in entries.enumerated() { try read(entry, place: ": syscalls[\(index)]") }
  }

  private mutating func read(_ entry: JSONValue, place: String) throws(Mistake) {
    guard case .string(let name)? = entry["action"] else {
      throw Mistake(message: "syscalls\(place.dropFirst(10)) has no 'action'")
    }
    let (action, note) = try Self.action(name, errno: entry["errnoRet"])
    let names = Self.strings(entry["names"]) + Self.strings(entry["name"])
    if let reason = Self.otherMachine(entry) {
      return policy.note(place, "\(names.prefix(3).joined(separator: ", "))…: \(reason); left out")
    }
    var notes = note.map { [$0] } ?? []
    let tests = try Self.tests(entry["args"])
    var cases: [[ForeignTest]]?
    if !tests.isEmpty {
      let repeats = Set(tests.map(\.index)).count < tests.count
      cases = repeats ? tests.map { [$0] } : [tests]
      if repeats { notes.append("an argument is tested twice, which there means one or the other") }
    }
    for name in names {
      let rule = ForeignRule(call: name, action: action, cases: cases, notes: notes, place: place)
      do throws(PolicyError) {
        try policy.add(rule)
      } catch {
        throw Mistake(message: error.message)
      }
    }
  }

  /// What an action becomes, and what it means there that it does not mean here.
  private static func action(
    _ name: String, errno: JSONValue?
  ) throws(Mistake) -> (action: RuleAction, note: String?) {
    switch name {
    case "SCMP_ACT_ALLOW": return (.allow, nil)
    case "SCMP_ACT_LOG": return (.allow, "logged there")
    case "SCMP_ACT_KILL_PROCESS": return (.deny, nil)
    case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD":
      return (.deny, "ends only the thread there")
    case "SCMP_ACT_TRAP": return (.deny, "raises SIGSYS there")
    case "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY": return (.deny, "asks another process there")
    case "SCMP_ACT_ERRNO":
      guard let errno, errno != .null else { return (.errno(1), nil) }
      guard case .integer(let value) = errno, (1...4095).contains(value) else {
        throw Mistake(message: "an errno is 1 to 4095")
      }
      return (.errno(Int32(truncatingIfNeeded: value)), nil)
    default: throw Mistake(message: "unknown action '\(name)'")
    }
  }

  private static func tests(_ json: JSONValue?) throws(Mistake) -> [ForeignTest] {
    guard case .array(let values)? = json else { return [] }
    return try values.map { (value) throws(Mistake) in
      guard case .integer(let index)? = value["index"], (0...5).contains(index),
        case .string(let op)? = value["op"], let first = number(value["value"])
      else { throw Mistake(message: "a test of 'args' has 'index' 0 to 5, 'value' and 'op'") }
      let second = number(value["valueTwo"]) ?? 0
      let (relation, compared) = try relation(op, first, second)
      return ForeignTest(
        index: Int(truncatingIfNeeded: index), relation: relation, value: compared)
    }
  }

  private static func relation(
    _ op: String, _ first: UInt64, _ second: UInt64
  ) throws(Mistake) -> (ForeignTest.Relation, UInt64) {
    switch op {
    case "SCMP_CMP_EQ": return (.equal, first)
    case "SCMP_CMP_NE": return (.unequal, first)
    case "SCMP_CMP_LT": return (.less, first)
    case "SCMP_CMP_LE": return (.lessOrEqual, first)
    case "SCMP_CMP_GT": return (.greater, first)
    case "SCMP_CMP_GE": return (.greaterOrEqual, first)
    // `value` is the mask.
    case "SCMP_CMP_MASKED_EQ": return (.masked(first), second)
    default: throw Mistake(message: "unknown comparison '\(op)'")
    }
  }

  private static func number(_ json: JSONValue?) -> UInt64? {
    switch json {
    case .integer(let value)?: UInt64(bitPattern: value)
    case .unsigned(let value)?: value
    default: nil
    }
  }

  private static func strings(_ json: JSONValue?) -> [String] {
    switch json {
    case .string(let text)?: [text]
    case .array(let values)?:
      values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    default: []
    }
  }

  /// Docker's conditions on the machine: why the entry does not hold here.
  private static func otherMachine(_ entry: JSONValue) -> String? {
    let here: Set<String> = ["amd64", "x86_64", "SCMP_ARCH_X86_64"]
    let (includes, excludes) = (entry["includes"], entry["excludes"])
    let capabilities = strings(includes?["caps"])
    if !capabilities.isEmpty {
      return "for \(capabilities.joined(separator: ", ")), which nothing has here"
    }
    let arches = strings(includes?["arches"])
    if !arches.isEmpty, here.isDisjoint(with: arches) { return "for other processors" }
    return here.isDisjoint(with: strings(excludes?["arches"])) ? nil : "not for this processor"
  }
}
