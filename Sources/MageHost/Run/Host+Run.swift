public import MagePipes
public import MagePolicy

extension Host {
  /// Starts any program under a single-stage policy, one without a channel. Returns once its first instruction may run.
  ///
  /// - Throws: ``SpawnError``. Whatever was made of the program is gone when it is thrown.
  public func start(
    _ program: Program, policy: Policy
  ) async throws(SpawnError) -> ProgramProcess {
    try await core.start(program, policy).get()
  }

  /// Runs any program under a single-stage policy to its end.
  ///
  /// - Throws: ``SpawnError`` when it could not be started.
  public func run(_ program: Program, policy: Policy) async throws(SpawnError) -> Ending {
    try await start(program, policy: policy).ending()
  }
}

extension HostCore {
  /// - Parameter notes: takes every call of the program's, which then may make them all.
  func start(
    _ program: Program, _ policy: Policy, notes: CallNotes? = nil
  ) async -> Result<ProgramProcess, SpawnError> {
    await atPossibleLevel(of: policy) { policy in await startHere(program, policy, notes) }
  }

  private func startHere(
    _ program: Program, _ policy: Policy, _ notes: CallNotes?
  ) async -> Result<ProgramProcess, SpawnError> {
    let names = await NameResolver.addresses(of: policy, on: loop)
    guard !isShutDown else { return .failure(.hostGone) }
    do throws(SpawnError) {
      let plan = try ProgramPlan(
        program, policy, addresses: try names.get(), filters: &programFilters)
      let slot = slots.next
      let identity = try identities.identity(inside: policy.identity, slot: slot)
      slots.take()
      let supervisor = ProgramSupervisor(
        plan, launcher: launcher(for: policy), groups: groups, notes: notes
      ) { [weak self] supervisor in
        self?.assumeIsolated { core in
          core.programs[ObjectIdentifier(supervisor)] = nil
          core.slots.giveBack(slot)
        }
      }
      programs[ObjectIdentifier(supervisor)] = supervisor
      return await supervisor.start(identity: identity, null: null)
    } catch {
      return .failure(error)
    }
  }
}
