// Policies in Swift: the same values that policy files give.
//
//     PhaseRules {
//       Allow(.read, .write)
//       Allow(.mmap) { !$0.prot.has(.PROT_EXEC) }
//       Fake(.setpriority, returning: 0)
//     }
//
// A call has the arguments that its manual page names and no other, and pointers are not among them: what a file gets an error
// for does not compile here.

/// A system call by name.
public struct CallName: Equatable, Hashable, Sendable {
  public let name: String
  init(_ name: String) { self.name = name }
}

/// A system call with the arguments that a condition on it may compare.
public struct SystemCall<Arguments: CallArguments>: Sendable {
  let name: String
  init(_ name: String) { self.name = name }
}

/// The arguments of one call.
public protocol CallArguments: Sendable {
  init()
}

/// One argument in a condition.
public struct CallArgument: Sendable {
  private let name: String
  private var mask: ConstantValue?

  init(_ name: String) { self.name = name }

  private func comparison(_ relation: Comparison.Relation) -> Condition {
    .comparison(Comparison(name, mask: mask, relation))
  }

  /// Only some bits of the argument.
  public static func & (argument: CallArgument, mask: ConstantValue) -> CallArgument {
    var masked = argument
    masked.mask = mask
    return masked
  }

  public static func == (argument: CallArgument, value: ConstantValue) -> Condition {
    argument.comparison(.equal(value))
  }

  public static func != (argument: CallArgument, value: ConstantValue) -> Condition {
    argument.comparison(.unequal(value))
  }

  /// All bits of `value` are set.
  public func has(_ value: ConstantValue) -> Condition { comparison(.has(value)) }

  /// It is one of these.
  public func isOne(of values: ConstantValue...) -> Condition { comparison(.oneOf(values)) }
}

extension ConstantValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) {
    self.init(bits: UInt64(bitPattern: value), spelling: "\(value)")
  }

  /// For the generated names.
  init(named name: String, _ value: Int64) {
    self.init(bits: UInt64(bitPattern: value), spelling: name)
  }

  /// Both values' bits.
  public static func | (left: ConstantValue, right: ConstantValue) -> ConstantValue {
    ConstantValue(
      bits: left.bits | right.bits, spelling: "\(left.spelling)|\(right.spelling)")
  }

  /// What pthread_create passes to clone: a thread, and nothing but a thread.
  public static var threadFlags: ConstantValue {
    ConstantValue(named: "THREAD_FLAGS") ?? ConstantValue(0)
  }
}

extension Condition {
  public static prefix func ! (condition: Condition) -> Condition { .not(condition) }
  public static func && (left: Condition, right: Condition) -> Condition { .and(left, right) }
  public static func || (left: Condition, right: Condition) -> Condition { .or(left, right) }
}

// MARK: - Rules

/// Rules that one line writes.
public protocol RuleGroup: Sendable {
  var rules: [Rule] { get }
}

public struct Allow: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName...) { rules = calls.map { Rule(.allow, $0.name) } }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.allow, call.name, when: condition(Arguments()))] }
}

/// Allowed the first time.
public struct AllowOnce: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName...) { rules = calls.map { Rule(.once, $0.name) } }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.once, call.name, when: condition(Arguments()))] }
}

/// A call that can undo the sandbox. The reason is for whoever reviews the policy.
public struct AllowDangerous: RuleGroup {
  public let rules: [Rule]

  public init(_ call: CallName, because reason: String) {
    rules = [Rule(.allow, call.name, dangerousReason: reason)]
  }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, because reason: String, when condition: (Arguments) -> Condition
  ) {
    let condition = condition(Arguments())
    rules = [Rule(.allow, call.name, when: condition, dangerousReason: reason)]
  }
}

public struct Deny: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName...) { rules = calls.map { Rule(.deny, $0.name) } }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.deny, call.name, when: condition(Arguments()))] }
}

/// The host makes the call, within what the policy grants by name.
public struct Broker: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName...) { rules = calls.map { Rule(.broker, $0.name) } }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.broker, call.name, when: condition(Arguments()))] }
}

/// Not made, and fails.
public struct Fail: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName..., with errno: Int32) {
    rules = calls.map { Rule(.errno(errno), $0.name) }
  }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, with errno: Int32, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.errno(errno), call.name, when: condition(Arguments()))] }
}

/// Not made, and returns a value as if it were.
public struct Fake: RuleGroup {
  public let rules: [Rule]

  public init(_ calls: CallName..., returning value: Int64) {
    rules = calls.map { Rule(.fake(value), $0.name) }
  }
  public init<Arguments>(
    _ call: SystemCall<Arguments>, returning value: Int64, when condition: (Arguments) -> Condition
  ) { rules = [Rule(.fake(value), call.name, when: condition(Arguments()))] }
}

/// Collects rules, one to a line.
@resultBuilder public enum RuleBuilder {
  public static func buildBlock(_ groups: any RuleGroup...) -> [Rule] { groups.flatMap(\.rules) }
}

extension PhaseRules {
  public init(@RuleBuilder _ rules: () -> [Rule]) { self.init(rules()) }
}
