internal import MagePolicy

/// A snapshot as the screen shows it: figures, and what changed since the one before.
struct TopMoment {
  struct Worker {
    let number: UInt64
    let pid: Int64
    let kind: String
    let policy: String
    let role: String
    let age: Double
    let cpu: Double
    let memory: UInt64
    let calls: UInt64
    let open: Int64
    let queued: Int64
    /// In a second; `nil` before there is something to compare with.
    var callRate: Double?
    /// Of one processor.
    var load: Double?
  }

  let pid: Int64
  let uptime: Double
  let skipped: UInt64
  var workers: [Worker]
  let pools: [String]
  let totals: String
  let ended: [String]
  let hasPrevious: Bool

  /// - Returns: `nil` when `value` is no snapshot.
  init?(_ value: JSONValue, after previous: TopMoment?) {
    guard value["version"]?.unsigned == 1, let pid = value["pid"]?.signed,
      let uptime = value["uptime"]?.double, case .array(let workers) = value["workers"]
    else { return nil }
    self.pid = pid
    self.uptime = uptime
    skipped = value["skipped"]?.unsigned ?? 0
    let seconds = previous.map { max(uptime - $0.uptime, 0.001) }
    let old = Dictionary(
      (previous?.workers ?? []).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    self.workers = workers.compactMap(Worker.init).map { worker in
      guard let seconds, let before = old[worker.number] else { return worker }
      var worker = worker
      worker.callRate = (Double(worker.calls) - Double(before.calls)) / seconds
      worker.load = (worker.cpu - before.cpu) / seconds
      return worker
    }
    pools = value["pools"]?.elements.map(Self.pool) ?? []
    totals = Self.totals(value["totals"])
    ended = value["ended"]?.elements.map(Self.ended).reversed() ?? []
    hasPrevious = previous != nil
  }

  private static func pool(_ pool: JSONValue) -> String {
    func count(_ key: String) -> Int64 { pool[key]?.signed ?? 0 }
    var text =
      "\(Terminal.printable(pool["kind"]?.text ?? "?")): \(count("lent")) of \(count("workers")) in use"
    if count("starting") > 0 { text += ", \(count("starting")) starting" }
    if count("waiting") > 0 { text += ", \(count("waiting")) callers wait" }
    if count("refusedInputs") > 0 { text += ", \(count("refusedInputs")) suspect inputs" }
    if pool["hasGivenUp"] == .bool(true) { text += ", cannot start" }
    return text
  }

  private static func totals(_ totals: JSONValue?) -> String {
    func count(_ key: String) -> UInt64 { totals?[key]?.unsigned ?? 0 }
    var endings: [String] = []
    if case .object(let members) = totals?["endings"] {
      endings = members.map { "\($0.value.unsigned ?? 0) \(Terminal.printable($0.key))" }
    }
    let ended = endings.isEmpty ? "none ended" : endings.joined(separator: ", ")
    let failed = count("startsFailed") == 0 ? "" : ", \(count("startsFailed")) could not start"
    return
      "\(count("started")) started\(failed), \(count("callsAnswered")) calls answered; \(ended)"
  }

  private static func ended(_ ended: JSONValue) -> String {
    let time = Terminal.time(ended["time"]?.double ?? 0)
    let kind = Terminal.printable(ended["kind"]?.text ?? "?")
    let text = Terminal.printable(ended["text"]?.text ?? "?")
    return "\(time)  \(kind) #\(ended["number"]?.unsigned ?? 0)  \(text)"
  }
}

extension TopMoment.Worker {
  init?(_ value: JSONValue) {
    guard let number = value["number"]?.unsigned, let pid = value["process"]?.signed else {
      return nil
    }
    let isServing = value["serving"] != .bool(false)
    let role = value["role"]?.text ?? "?"
    self.init(
      number: number, pid: pid, kind: Terminal.printable(value["kind"]?.text ?? "?"),
      policy: Terminal.printable(value["policy"]?.text ?? "?"),
      role: role != "template" && !isServing ? "ready" : Terminal.printable(role),
      age: value["age"]?.double ?? 0, cpu: value["cpu"]?.double ?? 0,
      memory: value["memory"]?.unsigned ?? 0, calls: value["callsAnswered"]?.unsigned ?? 0,
      open: value["callsOpen"]?.signed ?? 0, queued: value["queued"]?.signed ?? 0)
  }

  private init(
    number: UInt64, pid: Int64, kind: String, policy: String, role: String, age: Double,
    cpu: Double,
    memory: UInt64, calls: UInt64, open: Int64, queued: Int64
  ) {
    self.number = number
    self.pid = pid
    self.kind = kind
    self.policy = policy
    self.role = role
    self.age = age
    self.cpu = cpu
    self.memory = memory
    self.calls = calls
    self.open = open
    self.queued = queued
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var elements: [JSONValue] { if case .array(let values) = self { values } else { [] } }

  var signed: Int64? { if case .integer(let value) = self { value } else { nil } }

  var unsigned: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    default: nil
    }
  }

  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .decimal(let value): value
    default: nil
    }
  }
}
