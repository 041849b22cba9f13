/// What happens to a system call that a rule matches.
///
/// Where several rules match, the strongest decides, wherever it is written: deny, errno, fake, broker, once, allow.
public enum RuleAction: Equatable, Hashable, Sendable {
  case allow
  /// Allowed the first time that the process makes the call, denied from then on: the host is asked, and counts.
  case once
  /// The host is asked and makes the call in the caller's place, within ``FileSystem/brokered`` and ``Policy/connections``.
  case broker
  /// Report and kill, as for a call that no rule names.
  case deny
  /// The call is not made and fails with this errno.
  case errno(Int32)
  /// The call is not made and returns this.
  case fake(Int64)
}

/// One granted or refused system call.
public struct Rule: Equatable, Sendable {
  public var action: RuleAction
  /// The call's name in ``SystemCallNames``.
  public var call: String
  /// When the rule matches; `nil` is always.
  public var condition: Condition?
  /// Why a dangerous call is allowed; `nil` for every other rule.
  public var dangerousReason: String?
  /// Where the rule is written, for messages; not part of equality. `nil` for a rule made in Swift.
  public var position: SourcePosition?

  public init(
    _ action: RuleAction, _ call: String, when condition: Condition? = nil,
    dangerousReason: String? = nil, position: SourcePosition? = nil
  ) {
    self.action = action
    self.call = call
    self.condition = condition
    self.dangerousReason = dangerousReason
    self.position = position
  }

  /// Two rules are the same when they say the same; where they are written does not matter.
  public static func == (left: Rule, right: Rule) -> Bool {
    left.action == right.action && left.call == right.call && left.condition == right.condition
      && left.dangerousReason == right.dangerousReason
  }
}

/// The rules of one phase. Their order means nothing, so they are kept sorted and each once: policies that say the same
/// in another order are equal.
public struct PhaseRules: Equatable, Sendable {
  public let rules: [Rule]

  public init(_ rules: [Rule] = []) {
    let sorted = rules.map { ($0, PolicyPrinter.sortKey($0)) }.sorted { $0.1 < $1.1 }
    var unique: [Rule] = []
    for (rule, _) in sorted where unique.last != rule { unique.append(rule) }
    self.rules = unique
  }

  /// The rules for one call.
  public func rules(for call: String) -> ArraySlice<Rule> {
    var (low, high) = (rules.startIndex, rules.endIndex)
    // They are sorted by call.
    while low < high {
      let middle = low + (high - low) / 2
      if rules[middle].call < call { low = middle + 1 } else { high = middle }
    }
    return rules[low...].prefix { $0.call == call }
  }

  /// The allowed calls that can undo a sandbox, for a score and for review.
  public var dangerous: [Rule] { rules.filter { $0.dangerousReason != nil } }
}

/// Where something is written.
public struct SourcePosition: Equatable, Hashable, Sendable {
  /// As the library names the file, for example `base/threads.sandbox`.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePosition: CustomStringConvertible {
  public var description: String { "\(file):\(line):\(column)" }
}
