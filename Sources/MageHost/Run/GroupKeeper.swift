internal import MagePipes
internal import MageSystem
internal import Synchronization

/// A host's control groups: made, filled and removed on a thread, because moving a process takes the kernel milliseconds.
///
/// None outlives the host, however that ends: a guardian, a process of its own, removes what is left when this process is gone.
final class GroupKeeper: Sendable {
  let kind: ControlGroup.Kind?
  private let launcher: String
  private let thread = SerialThread(name: "mage-groups")
  /// Whether groups of dead hosts were looked for.
  private let hasLooked = Atomic<Bool>(false)
  /// One for all hosts of a process, whose groups it knows by the process's number.
  private static let hasGuardian = Mutex(false)
  private static let made = Atomic<UInt32>(0)
  /// Groups whose processes are gone.
  private let discarded = Mutex<[ControlGroup]>([])

  /// - Parameter launcher: the program that can be a guardian too.
  init(launcher: String) {
    kind = ControlGroup.available
    self.launcher = launcher
  }

  /// Does `work` where it may block.
  func submit(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
    try thread.submit(work)
  }

  /// Makes a group. Blocks: only within ``submit(_:)``.
  func make(memory: UInt64) throws(SystemError) -> ControlGroup {
    guard let kind else { throw SystemError("mkdir", errno: Errno.noSystem) }
    if !hasLooked.exchange(true, ordering: .relaxed) { ControlGroup.removeStale(kind) }
    try Self.hasGuardian.withLock { hasGuardian throws(SystemError) in
      if !hasGuardian { try startGuardian(kind) }
      hasGuardian = true
    }
    let number = Self.made.add(1, ordering: .relaxed).newValue
    return try ControlGroup(kind, number: number, memory: memory)
  }

  private func startGuardian(_ kind: ControlGroup.Kind) throws(SystemError) {
    try LauncherStart.spawnGuardian(
      launcher, root: ControlGroup.root(kind), prefix: ControlGroup.prefix)
  }

  /// Keeps `group` for ``removeDiscarded()``, which is due when this returns true.
  func discard(_ group: ControlGroup) -> Bool {
    discarded.withLock { groups in
      groups.append(group)
      return groups.count == 1
    }
  }

  func removeDiscarded() {
    let groups = discarded.withLock { groups in
      defer { groups = [] }
      return groups
    }
    guard !groups.isEmpty else { return }
    let remove: @Sendable () -> Void = { for group in groups { group.remove() } }
    do throws(SystemError) { try submit(remove) } catch { remove() }
  }

  /// Returns when every group is removed that was asked to be.
  func shutDown() async {
    await thread.drain()
    // What was made meanwhile for a process that is gone could only now be given back.
    removeDiscarded()
    await thread.drain()
  }
}

/// The membership of one worker or program in a group of its own. Loop only.
///
/// A process enters some milliseconds after its start, so that those which end before pay nothing; until then, and beside the
/// group, the host watches the resident set.
// @unchecked because work on the keeper's thread carries it back to the loop, where alone it is touched.
final class GroupMembership: @unchecked Sendable {
  /// From the start to the move, and from the end to the removal.
  static let delay = Duration.milliseconds(5)

  private let keeper: GroupKeeper
  private let loop: Loop
  private var group: ControlGroup?
  private var isOver = false
  /// Whether the kernel held the limit for some of the time.
  private var wasUsed = false
  /// Whether nothing was outside when it was looked for last. Only then the watch may rely on the group.
  private(set) var holdsAll = false

  init(_ keeper: GroupKeeper, loop: Loop) {
    self.keeper = keeper
    self.loop = loop
  }

  /// Moves what `processes` returns, asked again until nothing new is found: a process may fork meanwhile.
  func enter(memory: UInt64, _ processes: @escaping @Sendable () -> [Int32]) {
    guard keeper.kind != nil else { return }
    // Without a thread or a group there is the watch, and that is said.
    try? keeper.submit { [weak self, keeper, loop] in
      guard let group = try? keeper.make(memory: memory) else { return }
      let moved = Self.move(processes, to: group)
      Task(executorPreference: loop) { self?.entered(group, moved) ?? group.remove() }
    }
  }

  private struct Moved: Sendable {
    var some = false
    var all = false
  }

  private static func move(
    _ processes: @Sendable () -> [Int32], to group: ControlGroup
  ) -> Moved {
    var moved = Moved()
    for _ in 0..<10 {
      let inside = group.processes
      let outside = processes().filter { !inside.contains($0) }
      guard !outside.isEmpty else {
        moved.all = true
        break
      }
      for pid in outside where (try? group.add(pid)) != nil { moved.some = true }
    }
    // Whoever forks and ends faster than it is moved is outside still.
    return moved
  }

  private func entered(_ group: ControlGroup, _ moved: Moved) {
    guard !isOver, moved.some else { return remove(group) }
    wasUsed = true
    holdsAll = moved.all
    self.group = group
  }

  /// How memory was limited so far.
  var mechanism: Mechanisms.Memory {
    guard wasUsed else { return .watch }
    return keeper.kind == .v2 ? .cgroupV2 : .cgroupV1
  }

  var ranOut: Bool { group?.ranOut ?? false }

  /// Ends what is in the group, if the kernel can do that.
  func killAll() { group?.killAll() }

  /// The processes are gone: the group goes too.
  func leave() {
    isOver = true
    if let group { remove(group) }
    group = nil
  }

  /// Soon: it takes a thread, and somebody waits to hear that the process has ended.
  private func remove(_ group: ControlGroup) {
    guard keeper.discard(group) else { return }
    loop.schedule(at: MonotonicTime.now.advanced(by: Self.delay)) { [keeper] in
      keeper.removeDiscarded()
    }
  }
}
