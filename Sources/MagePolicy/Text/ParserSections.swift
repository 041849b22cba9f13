// The sections that are lists of keys.

extension Parser {
  mutating func parseNamespaces(_ position: SourcePosition) throws(PolicyError) {
    var result = Namespaces(kinds: [])
    try block(keys: Namespace.allCases.map(\.rawValue)) { parser, key throws(PolicyError) in
      guard let kind = Namespace(rawValue: key.value) else { return }
      result.kinds.insert(kind)
      guard kind == .net else { return }
      let network = try parser.word("'shared-empty' or 'own'")
      guard let known = Namespaces.Network(rawValue: network.value) else {
        throw .unknown("network", network, among: ["shared-empty", "own"])
      }
      result.network = known
    }
    syntax.namespaces = Located(value: result, position: position)
  }

  mutating func parseIdentity(_ position: SourcePosition) throws(PolicyError) {
    var result = Identity(uid: 0, gid: 0)
    var given: Set<String> = []
    let keys = ["uid", "gid", "capabilities", "no-new-privs"]
    try block(keys: keys) { parser, key throws(PolicyError) in
      given.insert(key.value)
      switch key.value {
      case "uid": result.uid = try parser.count("a user id")
      case "gid": result.gid = try parser.count("a group id")
      case "capabilities": try parser.only("none", of: "capabilities")
      default: break
      }
    }
    for key in keys where !given.contains(key) {
      throw PolicyError(position, "identity lacks '\(key)'")
    }
    syntax.identity = Located(value: result, position: position)
  }

  /// A key with one form in this version; others exist in the language's design or would weaken the sandbox.
  mutating func only(_ value: String, of key: String) throws(PolicyError) {
    let given = try word("'\(value)'")
    guard given.value == value else {
      throw .unsupported("\(key) \(given.value)", at: given.position)
    }
  }

  private static let fileKeys = ["root", "proc", "ro", "rw", "tmp", "dev", "broker"]

  mutating func parseFileSystem(_ position: SourcePosition) throws(PolicyError) {
    var result = FileSystem()
    try block(
      keys: Self.fileKeys, repeatable: ["ro", "rw", "tmp", "dev", "broker"]
    ) { parser, key throws(PolicyError) in
      switch key.value {
      case "root": try parser.only("empty", of: "root")
      case "proc": result.processes = try parser.processes()
      case "ro": result.readOnly.append(try parser.path())
      case "rw": result.readWrite.append(try parser.path())
      case "tmp": result.temporary.append(try parser.temporary())
      case "broker": result.brokered.append(try parser.brokered())
      default: result.devices += try parser.devices()
      }
    }
    syntax.fileSystem = Located(value: result, position: position)
  }

  private mutating func processes() throws(PolicyError) -> FileSystem.Processes {
    let value = try word("'none' or 'minimal'")
    guard let known = FileSystem.Processes(rawValue: value.value) else {
      throw .unknown("proc", value, among: FileSystem.Processes.allCases.map(\.rawValue))
    }
    return known
  }

  /// A path that names one place whatever the working directory and whatever lies there.
  mutating func path() throws(PolicyError) -> String {
    let path = try string("a path")
    let parts = path.value.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let bad = parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    guard path.value.hasPrefix("/"), !bad, !path.value.utf8.contains(where: { $0 < 32 }) else {
      throw PolicyError(path.position, "a path is absolute and has no empty part, '.' or '..'")
    }
    return path.value
  }

  private mutating func temporary() throws(PolicyError) -> FileSystem.Temporary {
    let path = try path()
    try keyword("size")
    let size = try size("a size")
    return FileSystem.Temporary(path: path, size: size, noexec: takeWord("noexec"))
  }

  private mutating func devices() throws(PolicyError) -> [String] {
    let known = ["null", "zero", "full", "random", "urandom"]
    var names: [String] = []
    while case .word(let name) = current.value, !Self.fileKeys.contains(name) || names.isEmpty {
      let device = try word("a device")
      guard known.contains(name) else { throw .unknown("device", device, among: known) }
      guard !names.contains(name) else {
        throw PolicyError(device.position, "'\(name)' is given twice")
      }
      names.append(name)
    }
    guard !names.isEmpty else { throw expected("a device") }
    return names
  }

  mutating func parseLimits(_ position: SourcePosition) throws(PolicyError) {
    var result = Limits()
    let keys = [
      "memory", "cpu", "wall", "output", "processes", "threads", "open-files", "core",
      "locked-memory", "broker-rate",
    ]
    try block(keys: keys, repeatable: ["wall"]) { parser, key throws(PolicyError) in
      switch key.value {
      case "memory":
        let position = parser.current.position
        result.memory = try parser.size("a size")
        if result.memory == 0 { throw PolicyError(position, "nothing runs in no memory") }
      case "cpu": result.cpu = try parser.duration()
      case "wall": try parser.wall(key.position, &result)
      case "output": result.output = try parser.size("a size")
      case "processes": result.processes = try parser.positiveCount("a number of processes")
      case "threads": result.threads = try parser.positiveCount("a number of threads")
      case "open-files": result.openFiles = try parser.positiveCount("a number of descriptors")
      case "broker-rate": result.brokerRate = try parser.rate("a number of calls")
      case "core": try parser.only("none", of: "core")
      default: result.lockedMemory = try parser.size("a size")
      }
    }
    syntax.limits = Located(value: result, position: position)
  }

  /// `wall 60s` is the worker's life, `wall 60s per request` that of one answer; each may stand once.
  private mutating func wall(
    _ position: SourcePosition, _ limits: inout Limits
  ) throws(PolicyError) {
    let duration = try duration()
    let isPerRequest = takeWord("per")
    if isPerRequest { try keyword("request") }
    guard (isPerRequest ? limits.deadline : limits.wall) == nil else {
      throw PolicyError(position, "'wall' is given twice")
    }
    if isPerRequest { limits.deadline = duration } else { limits.wall = duration }
  }

  mutating func parseQuota(_ position: SourcePosition) throws(PolicyError) {
    var result = IPCQuota()
    let keys = [
      "max-message", "max-fds-per-message", "rate", "burst", "inflight", "handles", "queue-bytes",
      "max-payload", "pool-bytes", "transport", "on", "grace",
    ]
    try block(keys: keys, repeatable: ["on"]) { parser, key throws(PolicyError) in
      switch key.value {
      case "max-message":
        result.maxMessage = UInt32(truncatingIfNeeded: try parser.size("a size", limit: 1 << 31))
      case "max-fds-per-message":
        let limit = try parser.number("a number of descriptors", in: 0...253)
        result.maxDescriptors = UInt32(truncatingIfNeeded: limit)
      case "rate": result.rate = try parser.rate("a number of messages")
      case "burst": result.burst = try parser.count("a number of messages")
      case "inflight": result.inflight = try parser.count("a number of requests")
      case "handles": result.handles = try parser.count("a number of endpoints")
      case "transport": result.transport = try parser.transport()
      case "queue-bytes": result.queueBytes = try parser.size("a size")
      case "max-payload": result.maxPayload = try parser.payloadSize()
      case "pool-bytes": result.poolBytes = try parser.payloadSize()
      // Nobody who exceeded a quota is waited for.
      case "grace": _ = try parser.number("grace", in: 0...0)
      default: try parser.reaction()
      }
    }
    guard (result.maxPayload == 0) == (result.poolBytes == 0) else {
      throw PolicyError(position, "'max-payload' and 'pool-bytes' are given together or not at all")
    }
    guard result.maxPayload <= result.poolBytes else {
      throw PolicyError(position, "'max-payload' is more than 'pool-bytes'")
    }
    syntax.ipc = Located(value: result, position: position)
  }

  /// Smaller arrays are part of their message.
  private mutating func payloadSize() throws(PolicyError) -> UInt32 {
    let position = current.position
    let size = try size("a size", limit: 1 << 31)
    guard size == 0 || size >= 64 << 10 else {
      throw PolicyError(position, "shared buffers are for arrays of 64KiB and more")
    }
    return UInt32(truncatingIfNeeded: size)
  }

  private mutating func rate(_ what: String) throws(PolicyError) -> UInt32 {
    let rate = try count(what)
    try symbol(.per)
    try keyword("s")
    return rate
  }

  private mutating func transport() throws(PolicyError) -> IPCQuota.Transport {
    let word = try word("'socket' or 'ring'")
    guard let transport = IPCQuota.Transport(rawValue: word.value) else {
      throw .unknown("transport", word, among: IPCQuota.Transport.allCases.map(\.rawValue))
    }
    return transport
  }

  /// `on malformed kill` and `on quota kill` say what always happens.
  private mutating func reaction() throws(PolicyError) {
    let event = try word("'malformed' or 'quota'")
    guard event.value == "malformed" || event.value == "quota" else {
      throw .unknown("event", event, among: ["malformed", "quota"])
    }
    try only("kill", of: "on \(event.value)")
  }
}
