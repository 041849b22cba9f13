/// What a taken-over worker might try. Every case is a SIMULATION of an attack, made by this package's own code so that the
/// host can be seen to catch it: nothing here exploits anything.
package enum Crime: String, CaseIterable, Sendable {
  // Calls that the policy does not allow.
  case openPasswd = "open-passwd"
  case connectOut = "connect-out"
  case execShell = "exec-shell"
  case ptraceHost = "ptrace-host"
  case forkBomb = "fork-bomb"
  case installFilter = "install-filter"
  case mapExecutable = "map-executable"
  case otherABI = "other-abi"
  // More than the policy allows.
  case allocate
  case hoard
  case spin
  case flood
  case neverReply = "never-reply"
  case halfMessage = "half-message"
  // Ends that nobody asked for.
  case crashSegv = "crash-segv"
  case crashAbort = "crash-abort"
  case exitEarly = "exit-early"
  // Descriptors.
  case sendUnaskedDescriptor = "send-unasked-descriptor"
  case sendSocket = "send-socket"
  // Ends of pipes.
  case announceHostsEnd = "announce-hosts-end"
  case moveEndTwice = "move-end-twice"
  case moveClosedEnd = "move-closed-end"
  case moveAndCloseEnd = "move-and-close-end"
  // Shared buffers.
  case forgedBuffer = "forged-buffer"
  case bufferReturnedTwice = "buffer-returned-twice"
  case greedyForBuffers = "greedy-for-buffers"
  // One malformed message for each layer that checks.
  case malformedTransport = "malformed-transport"
  case malformedChannel = "malformed-channel"
  case malformedMessage = "malformed-message"
  case malformedInterface = "malformed-interface"
  case malformedApplication = "malformed-application"

  /// The keyword of the text chunk by which an image asks for a crime.
  package static let keyword = "mage-simulation"
}
