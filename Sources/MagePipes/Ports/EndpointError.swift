/// Why an end of a pipe cannot be taken, bound, unbound or sent.
public enum EndpointError: Error, Equatable, Sendable {
  /// It was taken out before: an end has one owner.
  case taken
  /// It is bound to an interface already.
  case bound
  /// It was sent to somebody in a message.
  case sent
  /// The end was unbound, and this remote or receiver has it no more.
  case unbound
  /// Calls await a reply, or messages their credit: they would get lost with the end.
  case busy
  /// It belongs to the pipe that it shares with other interfaces, or is to share one, and goes nowhere without it.
  case associated
  /// The remote is of a whole pool, and has no pipe of its own.
  case pooled
}

extension EndpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .taken: "the end was taken before; an end has one owner"
    case .bound: "the end is bound already"
    case .sent: "the end was sent in a message before"
    case .unbound: "the end was unbound"
    case .associated: "an associated end stays on its pipe"
    case .busy: "calls or messages on the pipe are not finished"
    case .pooled: "the remote stands for a pool of workers and has no pipe of its own"
    }
  }
}
