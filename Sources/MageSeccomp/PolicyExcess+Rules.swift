public import MagePolicy

extension PolicyExcess {
  /// What `policy` grants and `floor` does not, section by section; nothing when `policy` is as strict or stricter.
  ///
  /// Both are compared by what they mean: rules by the arguments that they let through, limits by their values, paths by what lies
  /// below them. A call that is answered with an errno is not made and so not granted. Names, versions, tests, reasons and the
  /// order of rules mean nothing here.
  ///
  /// - Throws: ``FilterError`` when one of the two has no filter.
  public static func of(
    _ policy: Policy, beyond floor: Policy
  ) throws(FilterError) -> [PolicyExcess] {
    var excess = policy.settingsExcess(beyond: floor)
    for phase in PolicyPhase.allCases {
      let calls = Set(policy.grantedRules(in: phase).map(\.call))
      for call in calls.sorted() {
        let own = try Grants(of: policy, call: call, in: phase)
        let others = try Grants(of: floor, call: call, in: phase)
        excess += try own.excess(beyond: others, call: call, in: phase)
      }
    }
    return excess
  }
}

/// The cases in which a phase lets one call through, and those in which the host makes it.
private struct Grants {
  private let allowed: Region
  private let brokered: Region

  init(of policy: Policy, call: String, in phase: PolicyPhase) throws(FilterError) {
    guard let number = SystemCallNames.number(of: call) else { throw .unknownCall(call) }
    var (allowed, brokered) = (Region.none, Region.none)
    // Each filter decides with its own rules; what the later one lets through the earlier does too.
    for rules in policy.filters(in: phase) {
      let decision = try CallDecision(
        call: call, number: number, rules.filter { $0.call == call })
      let known = (allowed, brokered)
      (allowed, brokered) = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
        (try known.0.union(decision.allowed), try known.1.union(decision.brokered))
      }
    }
    self.allowed = allowed
    self.brokered = brokered
  }

  /// A call that the floor lets through is no more when the host makes it.
  func excess(
    beyond floor: Grants, call: String, in phase: PolicyPhase
  ) throws(FilterError) -> [PolicyExcess] {
    let (more, moreBrokered) = try ConditionRegion.bounded(call) {
      () throws(Region.TooComplex) in
      (
        try allowed.subtracting(floor.allowed),
        try brokered.subtracting(floor.brokered).subtracting(floor.allowed)
      )
    }
    let section = phase == .startup ? PolicyExcess.Section.startup : .serve
    var excess: [PolicyExcess] = []
    if !more.isEmpty {
      excess.append(
        PolicyExcess(
          section, "allow \(call)",
          bound: floor.allowed.isEmpty ? nil : "allow \(call) in fewer cases"))
    }
    if !moreBrokered.isEmpty {
      excess.append(
        PolicyExcess(
          section, "broker \(call)",
          bound: floor.brokered.isEmpty ? nil : "broker \(call) in fewer cases"))
    }
    return excess
  }
}

extension Policy {
  /// The rules of each filter that has a say in a phase. A single-stage policy has one for its whole life.
  fileprivate func filters(in phase: PolicyPhase) -> [[Rule]] {
    if isSingleStage { return [startup.rules + serve.rules] }
    return phase == .startup ? [startup.rules, serve.rules] : [serve.rules]
  }

  fileprivate func grantedRules(in phase: PolicyPhase) -> [Rule] {
    filters(in: phase).flatMap { $0 }
  }
}
