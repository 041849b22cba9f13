/// A system call that a worker's policy does not allow, as it was stopped.
public struct ForbiddenCall: Equatable, Hashable, Sendable {
  /// Which filter stopped it.
  public enum Phase: String, Sendable {
    /// Before the seal, while only the executable's own code ran.
    case startup
    /// After the seal.
    case serve
  }

  /// `openat`; `call 4242` when the number has no name.
  public let name: String
  public let number: Int32
  /// The six argument registers, whether or not the call has as many arguments.
  public let arguments: [UInt64]
  public let instructionPointer: UInt64
  /// Where the instruction lies: the mapped file's name in the worker and the offset in that file.
  public let module: String?
  public let offset: UInt64?
  public let phase: Phase
  /// The rule that denies it, `judge.sandbox:12:5`; `nil` when it is denied because no rule allows it.
  public let policyLine: String?

  package init(
    name: String, number: Int32, arguments: [UInt64], instructionPointer: UInt64,
    module: String?, offset: UInt64?, phase: Phase, policyLine: String? = nil
  ) {
    self.name = name
    self.number = number
    self.arguments = arguments
    self.instructionPointer = instructionPointer
    self.module = module
    self.offset = offset
    self.phase = phase
    self.policyLine = policyLine
  }
}

extension ForbiddenCall: CustomStringConvertible {
  public var description: String {
    let values = arguments.map { "0x" + String($0, radix: 16) }.joined(separator: ", ")
    var place = "0x" + String(instructionPointer, radix: 16)
    if let module, let offset { place = "\(module)+0x" + String(offset, radix: 16) }
    return "\(name)(\(values)) at \(place)" + (phase == .startup ? " during start-up" : "")
  }
}
