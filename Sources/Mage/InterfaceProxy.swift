public import MagePipes

/// What the proxies of all interfaces have beside the methods of their own.
public protocol InterfaceProxy<Of>: Sendable {
  associatedtype Of: Interface

  /// The end that the proxy calls by.
  var remote: Remote<Of> { get }
  /// How long each call may take; `nil` is the remote's own limit.
  var limit: Duration? { get }
}

extension InterfaceProxy {
  /// ``Remote/queryVersion(within:)``: which version of the interface the peer knows.
  public func queryVersion() async throws(CallError) -> UInt32 {
    try await remote.queryVersion(within: limit)
  }

  /// ``Remote/requireVersion(_:)``: has the peer close the pipe if it does not know this version of the interface.
  public func requireVersion(_ version: UInt32) async throws(CallError) {
    try await remote.requireVersion(version)
  }

  /// ``Remote/flushForTesting(within:)``: returns when the peer has taken everything that was sent before.
  public func flushForTesting() async throws(CallError) {
    try await remote.flushForTesting(within: limit)
  }
}
