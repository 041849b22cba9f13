public import MagePolicy

/// How what two policies allow differs, call by call.
public struct PolicyDifference: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Only the second policy allows the call.
    case added
    /// Only the first does.
    case removed
    /// Both do, the second in cases in which the first does not.
    case widened
    /// The other way round.
    case narrowed
    /// Each in cases in which the other does not.
    case changed
  }

  public let phase: PolicyPhase
  public let call: String
  public let kind: Kind

  /// Differences in the rules, sorted by phase and call. What the host does by itself (limits, files) is not looked at.
  public static func between(
    _ first: Policy, _ second: Policy
  ) throws(FilterError) -> [PolicyDifference] {
    var result: [PolicyDifference] = []
    for phase in PolicyPhase.allCases {
      let rules = (first.rules(in: phase), second.rules(in: phase))
      let calls = Set(rules.0.map(\.call)).union(rules.1.map(\.call))
      for call in calls.sorted() {
        let regions = (try allowed(call, rules.0), try allowed(call, rules.1))
        guard let kind = try kind(call, regions.0, regions.1) else { continue }
        result.append(PolicyDifference(phase: phase, call: call, kind: kind))
      }
    }
    return result
  }

  private static func allowed(_ call: String, _ rules: [Rule]) throws(FilterError) -> Region {
    guard let number = SystemCallNames.number(of: call) else { throw .unknownCall(call) }
    let ofCall = rules.filter { $0.call == call }
    return try CallDecision(call: call, number: number, ofCall).allowed
  }

  private static func kind(
    _ call: String, _ first: Region, _ second: Region
  ) throws(FilterError) -> Kind? {
    let (more, less) = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
      (try second.subtracting(first), try first.subtracting(second))
    }
    return switch (more.isEmpty, less.isEmpty) {
    case (true, true): nil
    case (false, true): first.isEmpty ? .added : .widened
    case (true, false): second.isEmpty ? .removed : .narrowed
    case (false, false): .changed
    }
  }
}

extension Policy {
  /// A single-stage policy has one phase, whichever its rules are written in.
  fileprivate func rules(in phase: PolicyPhase) -> [Rule] {
    switch phase {
    case .startup: startup.rules + (isSingleStage ? serve.rules : [])
    case .serve: isSingleStage ? [] : serve.rules
    }
  }
}
