extension Policy {
  /// The policy for other programs. ``PolicyLibrary/policy(atPath:)`` reads it again, to an equal policy.
  public var json: JSONValue {
    .members([
      ("policy", .string(name)),
      ("version", .integer(Int64(version))),
      ("describe", summary.isEmpty ? nil : .string(summary)),
      ("require", .string(requirement.rawValue)),
      ("templates", allowsTemplates ? nil : .string("refused")),
      ("fds", .array(descriptors.map(\.json))),
      ("namespaces", namespaces.json),
      (
        "identity",
        .object([("uid", .number(UInt64(identity.uid))), ("gid", .number(UInt64(identity.gid)))])
      ),
      ("filesystem", fileSystem.json),
      ("network", connections.isEmpty ? nil : .array(connections.map(\.json))),
      ("limits", limits.json),
      ("ipc", ipc.json),
      ("startup", .array(startup.rules.map(\.json))),
      ("serve", .array(serve.rules.map(\.json))),
      ("tests", tests.isEmpty ? nil : .array(tests.map(\.json))),
    ])
  }
}

extension DescriptorGrant {
  fileprivate var json: JSONValue {
    let (kind, name): (String, String?) =
      switch self {
      case .null: ("null", nil)
      case .channel(_, let name): ("channel", name)
      case .input: ("input", nil)
      case .output: ("output", nil)
      case .memory(_, let region): ("memory", region.name)
      }
    return .members([
      ("first", .integer(Int64(numbers.lowerBound))), ("last", .integer(Int64(numbers.upperBound))),
      ("kind", .string(kind)), ("name", name.map { .string($0) }),
      ("max", region.map { .number($0.size) }),
    ])
  }

  private var region: MemoryGrant? {
    if case .memory(_, let region) = self { region } else { nil }
  }
}

extension Namespaces {
  fileprivate var json: JSONValue {
    let own = Namespace.allCases.filter(kinds.contains)
    return .object([
      ("kinds", .array(own.map { .string($0.rawValue) })), ("network", .string(network.rawValue)),
    ])
  }
}

extension FileSystem {
  fileprivate var json: JSONValue {
    let temporary = temporary.map { directory in
      JSONValue.object([
        ("path", .string(directory.path)), ("size", .number(directory.size)),
        ("noexec", .bool(directory.noexec)),
      ])
    }
    let brokered = brokered.map { grant in
      JSONValue.object([
        ("access", .string(grant.access.rawValue)), ("directory", .string(grant.directory)),
        ("pattern", .string(grant.pattern)), ("maxOpen", .number(UInt64(grant.maxOpen))),
      ])
    }
    return .object([
      ("proc", .string(processes.rawValue)), ("ro", .array(readOnly.map { .string($0) })),
      ("rw", .array(readWrite.map { .string($0) })),
      ("tmp", .array(temporary)), ("dev", .array(devices.map { .string($0) })),
      ("broker", .array(brokered)),
    ])
  }
}

extension ConnectGrant {
  fileprivate var json: JSONValue {
    .object([("host", .string(host)), ("port", .integer(Int64(port)))])
  }
}

extension Limits {
  fileprivate var json: JSONValue {
    .members([
      ("memory", memory.map { .number($0) }),
      ("cpu", cpu.map { .string(PolicyPrinter.duration($0)) }),
      ("wall", wall.map { .string(PolicyPrinter.duration($0)) }),
      ("wallPerRequest", deadline.map { .string(PolicyPrinter.duration($0)) }),
      ("output", .number(output)), ("processes", .number(UInt64(processes))),
      ("threads", .number(UInt64(threads))), ("openFiles", .number(UInt64(openFiles))),
      ("lockedMemory", .number(lockedMemory)),
      (
        "brokerRate",
        brokerRate == Self.standardBrokerRate ? nil : .number(UInt64(brokerRate))
      ),
    ])
  }
}

extension IPCQuota {
  fileprivate var json: JSONValue {
    .members([
      ("maxMessage", .number(UInt64(maxMessage))),
      ("maxFDsPerMessage", .number(UInt64(maxDescriptors))),
      ("rate", rate.map { .number(UInt64($0)) }), ("burst", burst.map { .number(UInt64($0)) }),
      ("inflight", .number(UInt64(inflight))), ("handles", .number(UInt64(handles))),
      ("queueBytes", .number(queueBytes)),
      ("maxPayload", maxPayload == 0 ? nil : .number(UInt64(maxPayload))),
      ("poolBytes", poolBytes == 0 ? nil : .number(UInt64(poolBytes))),
      ("transport", transport == .socket ? nil : .string(transport.rawValue)),
    ])
  }
}

extension Rule {
  fileprivate var json: JSONValue {
    let (action, result): (String, JSONValue?) =
      switch self.action {
      case .allow: ("allow", nil)
      case .once: ("once", nil)
      case .deny: ("deny", nil)
      case .broker: ("broker", nil)
      case .errno(let value): ("errno", .string(PolicyPrinter.errnoName(value)))
      case .fake(let value): ("fake", .integer(value))
      }
    return .members([
      ("action", .string(action)), ("result", result), ("call", .string(call)),
      ("when", condition?.json), ("because", dangerousReason.map { .string($0) }),
      ("line", position.map { .string("\($0)") }),
    ])
  }
}

extension Condition {
  fileprivate var json: JSONValue {
    switch self {
    case .comparison(let comparison): comparison.json
    case .not(let inner): .object([("not", inner.json)])
    case .and(let left, let right): .object([("and", .array([left.json, right.json]))])
    case .or(let left, let right): .object([("or", .array([left.json, right.json]))])
    }
  }
}

extension Comparison {
  fileprivate var json: JSONValue {
    let (key, value): (String, JSONValue) =
      switch relation {
      case .equal(let value): ("equals", value.json)
      case .unequal(let value): ("differs", value.json)
      case .has(let value): ("has", value.json)
      case .oneOf(let values): ("in", .array(values.map(\.json)))
      }
    return .members([("argument", .string(argument)), ("mask", mask?.json), (key, value)])
  }
}

extension ConstantValue {
  /// The value and, where it has one, its name.
  fileprivate var json: JSONValue {
    spelling == "\(bits)" ? .number(bits) : .string(spelling)
  }
}

extension PolicyTest {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)), ("phase", .string(phase.rawValue)),
      ("expectations", .array(expectations.map { .string("\($0)") })),
    ])
  }
}
