internal import MageWire

extension Ending.Cause: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .finished: "finished"
    case .exited(let status): "exited with status \(status)"
    case .malformed(let malformed): "malformed message: \(malformed)"
    case .forbiddenCall(let call): "forbidden call: \(call)"
    case .limit(let limit): "limit \(limit)"
    case .crashed(let signal): "crashed: \(signal.name)"
    case .notSealed(let reason): "not sealed: \(reason)"
    case .killed: "killed on request"
    case .hostGone: "the host shut down"
    }
  }

  /// One word, as `--json` gives it.
  public var name: String {
    switch self {
    case .finished: "finished"
    case .exited: "exited"
    case .malformed: "malformed"
    case .forbiddenCall: "forbidden-call"
    case .limit: "limit"
    case .crashed: "crashed"
    case .notSealed: "not-sealed"
    case .killed: "killed"
    case .hostGone: "host-gone"
    }
  }
}

extension Ending: CustomStringConvertible {
  public var description: String { cause.description }
}

extension Limit: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cpu(let limit): "cpu: \(limit) of processor time"
    case .wall(let limit): "wall: \(limit)"
    case .callDeadline(let limit, let method): "deadline: no reply to \(method) within \(limit)"
    case .creditDeadline(let limit): "credit: messages were not taken within \(limit)"
    case .memory(let limit): "memory: \(limit) bytes"
    case .output(let limit): "output: \(limit) bytes"
    case .processes(let limit): "processes: \(limit)"
    case .threads(let limit): "threads: \(limit)"
    case .queuedBytes(let limit): "queue: \(limit) bytes waited to be read"
    case .messageRate(let limit): "rate: \(limit) messages per second"
    case .brokerRate(let limit): "broker rate: \(limit) brokered calls per second"
    case .partialMessage(let limit): "partial message: not complete within \(limit)"
    case .endpointMove(let limit): "endpoint move: not finished within \(limit)"
    case .sealDeadline(let limit): "seal: not sealed within \(limit)"
    }
  }
}
