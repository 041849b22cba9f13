import Glibc
import MageSystem
import MageWire
import Testing

@testable import MagePipes

/// No descriptor passes for what it is not.
@Suite struct ChannelAttachmentTests {
  static let pipe = EndpointID.bootstrap.rawValue

  // MARK: Attachments

  @Test func descriptorsThatNoFrameDeclaresAreRefused() throws {
    var host = try HostChannel()
    let check = host.check(descriptors: [try .file()]) {
      $0.append(.message, endpoint: Self.pipe, payload: [1])
    }
    #expect(check == .transport(.descriptorsUndeclared))
  }

  @Test func declaredDescriptorsMustCome() throws {
    var host = try HostChannel()
    let check = host.check {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    }
    #expect(check == .transport(.descriptorsMissing))
  }

  @Test func aFileIsRegularAndReadOnly() throws {
    var host = try HostChannel()
    try host.receive(descriptors: [try .file()]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    }
    #expect(host.messages.first?.attachments.map(\.kind) == [.file])
    for (name, bad) in try SharedDescriptor.notFiles() {
      var host = try HostChannel()
      let check = host.check(descriptors: [bad]) {
        $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
      }
      #expect(check == .channel(.attachmentMismatch), "\(name)")
    }
  }

  /// fcntl(F_GET_SEALS) answers for every file of a tmpfs, and not for a memfd alone.
  @Test func aFileOnATmpfsIsAFile() throws {
    let path = "/dev/shm/mage-attachment-\(getpid())"
    _ = try OwnedDescriptor.open(path, flags: O_WRONLY | O_CREAT)
    defer { unlink(path) }
    let file = SharedDescriptor(try OwnedDescriptor.open(path, flags: O_RDONLY))
    var host = try HostChannel()
    try host.receive(descriptors: [file]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    }
    #expect(host.messages.first?.attachments.map(\.kind) == [.file])
  }

  @Test func aRegionCannotShrink() throws {
    for (seals, isTaken) in [(Seals.shrink.union(.grow), true), ([.shrink], false)] {
      var host = try HostChannel()
      let region = try SharedDescriptor.memory(sealedWith: seals)
      let check = host.check(descriptors: [region]) {
        $0.append(.message, endpoint: Self.pipe, attachments: [.region], payload: [1])
      }
      #expect((check == nil) == isTaken)
    }
  }

  @Test func aRegionOfHugePagesIsRefused() throws {
    guard let region = try SharedDescriptor.hugeMemory() else { return }
    var host = try HostChannel()
    let check = host.check(descriptors: [region]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.region], payload: [1])
    }
    #expect(check == .channel(.attachmentMismatch))
  }

  @Test func aFrozenRegionCannotBeWritten() throws {
    var host = try HostChannel()
    let writable = try SharedDescriptor.memory(sealedWith: [.shrink, .grow])
    let check = host.check(descriptors: [writable]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.frozenRegion], payload: [1])
    }
    #expect(check == .channel(.attachmentMismatch))
    let frozen = try SharedDescriptor.memory(sealedWith: [.shrink, .grow, .write])
    try host.receive(descriptors: [frozen]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.frozenRegion], payload: [1])
    }
  }

  @Test func anUnknownAttachmentKindIsRefused() throws {
    var host = try HostChannel()
    var writer = FrameWriter()
    writer.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
    var bytes = writer.bytes
    bytes[Frame.headerSize] = 77
    let file = try SharedDescriptor.file()
    do {
      try host.receive(bytes, [file])
      Issue.record("taken")
    } catch {
      #expect(error.check == .channel(.attachmentKindUnknown))
    }
  }

  @Test func moreAttachmentsThanThePolicyAllowsAreRefused() throws {
    var host = try HostChannel()
    let check = host.check(descriptors: [try .file(), try .file(), try .file()]) {
      $0.append(
        .message, endpoint: Self.pipe, attachments: [.file, .file, .file], payload: [1])
    }
    #expect(check == .channel(.tooManyAttachments))
  }

  @Test func refusedDescriptorsAreClosed() throws {
    weak var taken: SharedDescriptor?
    weak var refused: SharedDescriptor?
    weak var unclaimed: SharedDescriptor?
    var host = try HostChannel()
    do {
      let descriptors = [
        try SharedDescriptor.file(), try SharedDescriptor.directory(), try SharedDescriptor.file(),
      ]
      (taken, refused, unclaimed) = (descriptors[0], descriptors[1], descriptors[2])
      let check = host.check(descriptors: descriptors) {
        $0.append(.message, endpoint: Self.pipe, attachments: [.file, .file], payload: [1])
      }
      #expect(check == .channel(.attachmentMismatch))
    }
    #expect(taken == nil && refused == nil && unclaimed == nil)
  }

  @Test func descriptorsAreClaimedByFramesInOrder() throws {
    var host = try HostChannel()
    let region = try SharedDescriptor.memory(sealedWith: [.shrink, .grow])
    try host.receive(descriptors: [try .file(), region]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.file], payload: [1])
      $0.append(.message, endpoint: Self.pipe, attachments: [.region], payload: [2])
    }
    #expect(host.messages.map { $0.attachments.map(\.kind) } == [[.file], [.region]])
    #expect(host.messages.last?.attachments.first?.descriptor === region)
  }

  @Test func aListenerIsNoAttachmentOfAMessage() throws {
    // It passes the kernel's test, but a handler would get a descriptor that stops calls of its sender.
    var host = try HostChannel()
    let check = host.check(descriptors: [try .file()]) {
      $0.append(.message, endpoint: Self.pipe, attachments: [.listener], payload: [1])
    }
    #expect(check == .channel(.attachmentMismatch))
  }

  /// These are what they are declared to be, and no message has a use for them.
  @Test func whatBelongsToTheHandshakeIsNoAttachmentOfAMessage() throws {
    let kinds: [(AttachmentKind, SharedDescriptor)] = [
      (.listener, try .listener()), (.doorbell, SharedDescriptor(try Pipe.make().takeReadEnd())),
    ]
    for (kind, descriptor) in kinds {
      for frame in [FrameKind.message, .reply] {
        var host = try HostChannel()
        let check = host.check(descriptors: [descriptor]) {
          $0.append(frame, endpoint: Self.pipe, attachments: [kind], payload: [1])
        }
        #expect(check == .channel(.attachmentKindUnknown), "\(kind) on \(frame)")
      }
    }
  }

  @Test func attachmentsOnOtherFramesAreRefused() throws {
    for kind in [FrameKind.fragment, .close, .closeAcknowledged, .credit] {
      var host = try HostChannel()
      if kind == .fragment {
        try host.receive {
          $0.append(.message, flags: 1, endpoint: Self.pipe, total: 9, payload: [1])
        }
      }
      let check = host.check(descriptors: [try .file()]) {
        $0.append(kind, attachments: [.file])
      }
      #expect(check == .channel(.tooManyAttachments), "\(kind)")
    }
  }

  // MARK: The listener

  /// A host whose worker's filter has been sent.
  private func sealing() throws -> HostChannel {
    var host = try HostChannel(invited: false)
    try host.receive { $0.append(.hello, payload: PayloadInts.encode([Channel.version, 0])[...]) }
    host.channel.sendSeal(program: [0, 0, 0, 0, 0, 0, 0, 0])
    return host
  }

  @Test func aSealIsAListenerOfTheKernel() throws {
    var host = try sealing()
    try host.receive(descriptors: [try .listener()]) {
      $0.append(.sealed, attachments: [.listener])
    }
    guard case .sealed(let listener)? = host.events.last else {
      Issue.record("no event")
      return
    }
    #expect(listener.kind == .listener)
    #expect(host.channel.phase == .proving)
    #expect(
      host.check { $0.append(.message, endpoint: Self.pipe, payload: [1]) }
        == .channel(.kindNotAllowed))
  }

  @Test func whatIsNoListenerSealsNothing() throws {
    for (name, other) in try SharedDescriptor.notFiles() where name != "listener" {
      var host = try sealing()
      let check = host.check(descriptors: [other]) { $0.append(.sealed, attachments: [.listener]) }
      #expect(check == .channel(.attachmentMismatch), "\(name)")
      #expect(host.channel.phase == .awaitingSealed)
    }
  }

  @Test func aSealHasOneListenerAndNothingElse() throws {
    for kinds in [[], [.file], [.file, .listener], [.listener, .listener]] as [[AttachmentKind]] {
      var host = try sealing()
      let descriptors = try kinds.map { try $0 == .file ? SharedDescriptor.file() : .listener() }
      let check = host.check(descriptors: descriptors) { $0.append(.sealed, attachments: kinds) }
      #expect(check == .channel(.handshake), "\(kinds)")
      #expect(host.channel.phase == .awaitingSealed)
    }
    var host = try sealing()
    let check = host.check(descriptors: [try .listener()]) {
      $0.append(.sealed, attachments: [.listener], payload: [0])
    }
    #expect(check == .channel(.payloadSize))
  }
}
