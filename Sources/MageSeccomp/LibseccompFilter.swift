internal import CSeccomp
internal import Glibc
internal import MageSystem

/// A filter that libseccomp builds (seccomp_init(3)), released with its owner.
@safe struct LibseccompFilter: ~Copyable {
  private let context: scmp_filter_ctx

  private enum Action {
    static let allow: UInt32 = 0x7FFF_0000
    static let notify: UInt32 = 0x7FC0_0000
    static let killProcess: UInt32 = 0x8000_0000
    static func errno(_ value: Int32) -> UInt32 {
      0x0005_0000 | UInt32(bitPattern: value) & 0xFFFF
    }
  }

  private init(_ context: scmp_filter_ctx) { unsafe self.context = context }

  deinit { unsafe seccomp_release(context) }

  /// An empty filter: every call is reported, and a caller of another architecture is killed.
  static func make() throws(FilterError) -> LibseccompFilter {
    guard let context = unsafe seccomp_init(Action.notify) else {
      throw .libseccomp("seccomp_init", errno: EINVAL)
    }
    let filter = unsafe LibseccompFilter(context)
    // Not the library's default, which kills the thread and lets its process live.
    try filter.set(SCMP_FLTATR_ACT_BADARCH, Action.killProcess)
    // A binary tree: loads in half the time of a list.
    try filter.set(SCMP_FLTATR_CTL_OPTIMIZE, 2)
    return filter
  }

  private borrowing func set(
    _ attribute: scmp_filter_attr, _ value: UInt32
  ) throws(FilterError) {
    try check("seccomp_attr_set", unsafe seccomp_attr_set(context, attribute, value))
  }

  /// Gives a call's outcome in one cube. Outcomes of overlapping cubes must be the same.
  borrowing func add(
    _ number: Int32, _ outcome: CallDecision.Outcome, _ cube: Cube
  ) throws(FilterError) {
    let action =
      switch outcome {
      case .allow: Action.allow
      case .errno(let value): Action.errno(value)
      }
    let tests = Cube.arguments.filter { cube.masks[$0] != 0 }.map { index in
      scmp_arg_cmp(
        arg: UInt32(truncatingIfNeeded: index), op: SCMP_CMP_MASKED_EQ,
        datum_a: cube.masks[index], datum_b: cube.values[index])
    }
    let status = unsafe tests.withUnsafeBufferPointer { tests in
      unsafe seccomp_rule_add_array(
        context, action, number, UInt32(truncatingIfNeeded: tests.count), tests.baseAddress)
    }
    try check("seccomp_rule_add_array", status)
  }

  /// The program, as seccomp(2) takes it.
  borrowing func program() throws(FilterError) -> [UInt8] {
    do throws(SystemError) {
      // As large as the longest program that the kernel loads; the seals make a longer one fail.
      let file = try SharedMemory.create(name: "mage-filter", size: 4096 * 8)
      let status = unsafe seccomp_export_bpf(context, file.number)
      guard status == 0 else { throw SystemError("seccomp_export_bpf", errno: 0 &- status) }
      let count = lseek(file.number, 0, SEEK_CUR)
      guard lseek(file.number, 0, SEEK_SET) == 0 else { throw SystemError("lseek", errno: errno) }
      return Array(try FileReading.read(file, "filter", limit: 4096 * 8).prefix(max(count, 0)))
    } catch {
      throw error.errno == EPERM ? .tooLong : .system(error)
    }
  }

  /// libseccomp returns a negated errno.
  private borrowing func check(_ function: String, _ status: Int32) throws(FilterError) {
    guard status != 0 else { return }
    throw .libseccomp(function, errno: 0 &- status)
  }
}
