internal import DequeModule
internal import MagePipes
internal import MageSystem

/// Keeps one template alive, and a few of its forks ready.
///
/// Lives on the host's loop. A ready fork is sealed and proven and has not been invited: it has read no outside byte.
actor TemplateKeeper {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  nonisolated let core: HostCore
  private let plan: WorkerPlan
  nonisolated let contract: WorkerContract
  private let stockSize: Int
  private var stock = Deque<Supervisor>()
  private var refills = 0
  private var template: (supervisor: Supervisor, control: TemplateControl)?
  private var start: Task<Result<TemplateControl, SpawnError>, Never>?
  private var backOff: BackOff
  private var isClosed = false

  init(
    _ core: HostCore, _ plan: WorkerPlan, _ contract: WorkerContract, stockSize: Int,
    restart: RestartRule = RestartRule()
  ) {
    self.contract = contract
    backOff = BackOff(restart)
    self.core = core
    loop = core.loop
    self.plan = plan
    self.stockSize = stockSize
  }

  /// The pid of the template that runs now.
  var templatePID: Int32? {
    get async { await template?.supervisor.process?.pid }
  }

  // MARK: Forks

  func spawn() async -> Result<WorkerProcess, SpawnError> {
    guard !isClosed else { return .failure(.hostGone) }
    while let ready = stock.popFirst() {
      let invited = await ready.invite()
      refill()
      if case .success = invited { return invited }
    }
    let forked = await fork()
    refill()
    switch forked {
    case .success(let ready): return await ready.invite()
    case .failure(let error): return .failure(error)
    }
  }

  private func fork() async -> Result<Supervisor, SpawnError> {
    do throws(SpawnError) {
      let control = try await control().get()
      let forked = await fork(control)
      // A template that died with the request in its hands is nobody's fault: the next one is asked, once.
      guard case .failure = forked, control.isClosed, !isClosed else { return forked }
      return await fork(try await self.control().get())
    } catch {
      return .failure(error)
    }
  }

  private func fork(_ control: TemplateControl) async -> Result<Supervisor, SpawnError> {
    await core.launch(plan, .fork(control), contract) { [weak self] supervisor in
      self?.assumeIsolated { $0.forkEnded(supervisor) }
    }
  }

  private func forkEnded(_ supervisor: Supervisor) {
    stock.removeAll { $0 === supervisor }
  }

  /// Makes forks ahead, as many as are missing. One that fails is not tried again before the next is taken.
  func refill() {
    while !isClosed, stock.count + refills < stockSize {
      refills += 1
      Task(executorPreference: loop) { await self.addToStock() }
    }
  }

  private func addToStock() async {
    let forked = await fork()
    refills -= 1
    guard case .success(let ready) = forked else { return }
    let hasEnded = await ready.endingIfEnded != nil
    if isClosed {
      await ready.end(.killed)
    } else if !hasEnded {
      stock.append(ready)
    }
  }

  // MARK: The template

  /// The running template, or the next one.
  func control() async -> Result<TemplateControl, SpawnError> {
    if let template {
      guard template.control.isClosed else { return .success(template.control) }
      // It is known by its silence that it has ended; its end may not have come here yet.
      await template.supervisor.end(.killed)
      _ = await template.supervisor.waitForEnding()
    }
    if let start { return await start.value }
    let start = Task(executorPreference: loop) { await self.startTemplate() }
    self.start = start
    return await start.value
  }

  private func startTemplate() async -> Result<TemplateControl, SpawnError> {
    defer { start = nil }
    await loop.pause(until: backOff.next(.now))
    guard !isClosed else { return .failure(.hostGone) }
    backOff.start(.now)
    do {
      let pair = try PacketSocket.pair()
      let peer = pair.peer
      let socket = TemplateSocket(pair.takeSocket())
      let launched = await core.launch(plan, .template, contract, control: peer) {
        [weak self] supervisor in
        self?.assumeIsolated { $0.templateEnded(supervisor) }
      }
      let supervisor = try launched.get()
      // Closed while it started: nobody else knows of it.
      guard !isClosed else {
        await supervisor.end(.killed)
        return .failure(.hostGone)
      }
      return try keep(supervisor, await supervisor.process?.pid, socket)
    } catch let error as SpawnError {
      return .failure(error)
    } catch {
      return .failure(.launchFailed("\(error)"))
    }
  }

  private func keep(
    _ supervisor: Supervisor, _ pid: Int32?, _ socket: TemplateSocket
  ) throws -> Result<TemplateControl, SpawnError> {
    guard let pid, let socket = socket.take()
    else { return .failure(.launchFailed("the template ended as soon as it had started")) }
    let control = try TemplateControl(
      socket, of: pid, number: supervisor.number, leaving: plan.kindsOfForks)
    template = (supervisor, control)
    return .success(control)
  }

  /// It is replaced at once, or later when it ended soon; its forks live on.
  private func templateEnded(_ supervisor: Supervisor) {
    backOff.ended(.now)
    guard template?.supervisor === supervisor else { return }
    template?.control.close()
    template = nil
    guard !isClosed else { return }
    Task(executorPreference: loop) { _ = await self.control() }
  }

  /// Ends the template and the forks that nobody took.
  func close() async {
    guard !isClosed else { return }
    isClosed = true
    let ready = stock
    stock = []
    for supervisor in ready { await supervisor.end(.killed) }
    if let template { await template.supervisor.end(.killed) }
    for supervisor in ready { _ = await supervisor.waitForEnding() }
    if let template { _ = await template.supervisor.waitForEnding() }
    template?.control.close()
    template = nil
  }
}

/// A socket that is given away once, between two suspensions.
private final class TemplateSocket {
  private var socket: PacketSocket?
  init(_ socket: consuming PacketSocket) { self.socket = consume socket }
  func take() -> PacketSocket? { socket.take() }
}
