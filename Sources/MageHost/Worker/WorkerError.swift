public import MagePipes

/// Why a worker could not be started.
public enum SpawnError: Error, Sendable {
  /// The policy, the executable or the machine does not allow it; nothing was launched.
  case notPossible(String)
  /// A step of the launch failed; nothing is left of it.
  case launchFailed(String)
  /// It was launched and ended before it was invited.
  case ended(Ending)
  /// The host is shutting down.
  case hostGone
}

extension SpawnError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPossible(let reason): reason
    case .launchFailed(let reason): reason
    case .ended(let ending): "the worker ended before it was invited: \(ending)"
    case .hostGone: "the host is shut down"
    }
  }
}
