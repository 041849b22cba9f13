package import MageSystem
internal import MageWire

extension RingPort {
  /// The host's end of a new ring, and what the worker makes its own end of.
  package static func make() throws(SystemError) -> (port: RingPort, handover: [Attachment]) {
    let descriptor = try SharedMemory.create(
      name: "mage-ring", size: RingLayout.size, seals: .seal)
    guard let memory = try RingMemory(descriptor.number) else {
      throw SystemError("mmap", errno: Errno.invalid)
    }
    let toWorker = try Pipe.make(waits: false)
    let toHost = try Pipe.make(waits: false)
    let (bell, far) = (toWorker.writeEnd, toHost.writeEnd)
    let heardByWorker = SharedDescriptor(toWorker.takeReadEnd())
    let port = RingPort(
      memory, side: .host, heard: toHost.takeReadEnd(), bell: try bell.duplicate(),
      keeping: heardByWorker)
    return (
      port,
      [
        Attachment(kind: .region, descriptor: SharedDescriptor(descriptor)),
        Attachment(kind: .doorbell, descriptor: heardByWorker),
        Attachment(kind: .doorbell, descriptor: far),
      ]
    )
  }

  /// The worker's end of the ring that came with the invitation.
  ///
  /// - Throws: `EINVAL` when it is not what ``make()`` makes.
  package static func accept(_ handover: [Attachment]) throws(SystemError) -> RingPort {
    guard handover.map(\.kind) == [.region, .doorbell, .doorbell] else {
      throw SystemError("ring of \(handover.map(\.kind))", errno: Errno.invalid)
    }
    let facts = try handover.map { (attachment) throws(SystemError) in
      try DescriptorFacts(of: attachment.descriptor.number)
    }
    guard facts[0].size == RingLayout.size, facts[1].access == .readOnly,
      facts[2].access == .writeOnly, let memory = try RingMemory(handover[0].descriptor.number)
    else { throw SystemError("ring of other kinds", errno: Errno.invalid) }
    return RingPort(
      memory, side: .worker, heard: try handover[1].descriptor.duplicate(),
      bell: try handover[2].descriptor.duplicate())
  }
}
