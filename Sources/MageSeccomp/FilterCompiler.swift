public import MagePolicy

/// The two programs of a policy, each `struct sock_filter` after `struct sock_filter` as seccomp(2) takes them.
public struct CompiledFilters: Equatable, Sendable {
  /// Installed before exec: what a program needs to start, and all that ``serve`` allows.
  public let startup: [UInt8]
  /// Installed on top by the worker when it is ready: what is needed to handle outside bytes.
  public let serve: [UInt8]
}

/// Compiles policies to filters, with libseccomp.
///
/// Both filters report what they do not know (SECCOMP_RET_USER_NOTIF): the host reads the call and kills the process.
/// Calls of other architectures, x32 included, are killed by the kernel. `clone3` gets ENOSYS.
///
/// The kernel asks both filters for each call and takes the strongest answer, in the order kill, errno, report, allow,
/// and among equal ones the newest filter's. So `startup` has to allow what `serve` allows, else it would stay reported.
public enum FilterCompiler {
  /// Combinations of tests that lead to one result of one call, at most.
  public static let maxTests = 256

  /// - Throws: ``FilterError``: the policy asks for what a filter cannot do, or libseccomp or the kernel fails.
  /// - Complexity: about a millisecond; compile once per policy.
  public static func compile(_ policy: Policy) throws(FilterError) -> CompiledFilters {
    #if arch(x86_64)
      var serve = try FilterPlan(policy.serve, isSealed: true)
      var startup = try FilterPlan(policy.startup, isSealed: false)
      try startup.allow(serve)
      try startup.allowSealing()
      try serve.reportOfWorker(hasNamespaces: policy.hasNamespaces)
      return CompiledFilters(startup: try startup.program(), serve: try serve.program())
    #else
      throw .unsupportedArchitecture
    #endif
  }

  /// The one filter of a program that cannot seal itself: it holds from before exec to the end, and its listener is the host's
  /// for all that time.
  ///
  /// - Parameters:
  ///   - policy: a single-stage one.
  ///   - reportDescriptor: where the launch hands the listener over. A number above the program's limit on open files,
  ///     so that after exec no descriptor can have it.
  public static func compileProgram(
    _ policy: Policy, reportDescriptor: Int32
  ) throws(FilterError) -> [UInt8] {
    #if arch(x86_64)
      var plan = try FilterPlan(
        PhaseRules(policy.startup.rules + policy.serve.rules), isSealed: false)
      try plan.reportOfProgram(hasNamespaces: policy.hasNamespaces)
      try plan.forceSending(on: reportDescriptor)
      return try plan.program()
    #else
      throw .unsupportedArchitecture
    #endif
  }
}
