// The section `fds`.

extension Parser {
  mutating func parseDescriptors() throws(PolicyError) {
    try symbol(.open)
    while !take(.close) {
      let position = current.position
      let numbers: ClosedRange<UInt64> = 0...1023
      let first = Int32(truncatingIfNeeded: try number("a descriptor", in: numbers))
      var last = first
      if take(.range) {
        let atLeastFirst = UInt64(truncatingIfNeeded: first)...numbers.upperBound
        last = Int32(truncatingIfNeeded: try number("the last descriptor", in: atLeastFirst))
      }
      let kind = try word("'null', 'channel', 'memory', 'input' or 'output'")
      let grant = try descriptorGrant(kind, first...last)
      syntax.descriptors.append(Located(value: grant, position: position))
    }
  }

  private mutating func descriptorGrant(
    _ kind: Located<String>, _ range: ClosedRange<Int32>
  ) throws(PolicyError) -> DescriptorGrant {
    switch kind.value {
    case "null": return .null(range)
    case "channel" where range.count == 1:
      return .channel(range.lowerBound, try word("the channel's name").value)
    case "channel": throw PolicyError(kind.position, "a channel has one descriptor")
    case "output": return .output(range)
    case "input" where range.count == 1: return .input(range.lowerBound)
    case "input": throw PolicyError(kind.position, "an input has one descriptor")
    case "memory" where range.count == 1: return .memory(range.lowerBound, try sharedRegion())
    case "memory": throw PolicyError(kind.position, "a shared memory has one descriptor")
    default:
      throw .unknown(
        "kind of descriptor", kind, among: ["null", "channel", "memory", "input", "output"])
    }
  }

  /// `frames max 64MiB sealed(shrink, grow)`.
  private mutating func sharedRegion() throws(PolicyError) -> MemoryGrant {
    let name = try word("the memory's name")
    try keyword("max")
    let position = current.position
    let size = try size("a size", limit: 1 << 40)
    guard size > 0 else { throw PolicyError(position, "a shared memory has at least one byte") }
    // The one way there is, said aloud: otherwise one side could take the memory from under the other, which dies of SIGBUS.
    try keyword("sealed")
    try symbol(.left)
    try keyword("shrink")
    try symbol(.comma)
    try keyword("grow")
    try symbol(.right)
    return MemoryGrant(name: name.value, size: size)
  }
}
