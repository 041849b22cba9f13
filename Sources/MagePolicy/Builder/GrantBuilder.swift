// The sections `fds`, `filesystem` and `network` in Swift.

/// What a worker has at its descriptors when it starts.
public struct Descriptors: PolicySection {
  private let grants: [DescriptorGrant]

  public init(_ grants: DescriptorGrant...) { self.grants = grants }

  public func apply(to policy: inout Policy) { policy.descriptors += grants }
}

/// The worker's view of the files.
public struct Files: PolicySection {
  private let entries: [FileEntry]

  public init(_ entries: FileEntry...) { self.entries = entries }

  public func apply(to policy: inout Policy) {
    for entry in entries { entry.write(&policy.fileSystem) }
  }
}

/// One line of `filesystem`.
public struct FileEntry: Sendable {
  fileprivate let write: @Sendable (inout FileSystem) -> Void

  /// Host paths that are seen read-only at the same place.
  public static func readOnly(_ paths: String...) -> Self { Self { $0.readOnly += paths } }

  /// Host paths that may be changed, at the same place.
  public static func readWrite(_ paths: String...) -> Self { Self { $0.readWrite += paths } }

  /// A directory in memory of `size` bytes.
  public static func temporary(_ path: String, size: UInt64, noexec: Bool = true) -> Self {
    Self { $0.temporary.append(.init(path: path, size: size, noexec: noexec)) }
  }

  /// Names below /dev.
  public static func devices(_ names: String...) -> Self { Self { $0.devices += names } }

  /// What is seen at /proc.
  public static func processes(_ processes: FileSystem.Processes) -> Self {
    Self { $0.processes = processes }
  }

  /// Files that the host opens in the worker's place: those below `directory` whose path there matches `pattern`.
  public static func brokered(
    _ access: FileSystem.Brokered.Access, in directory: String, _ pattern: String,
    maxOpen: UInt32 = 64
  ) -> Self {
    Self {
      $0.brokered.append(.init(access, directory: directory, pattern: pattern, maxOpen: maxOpen))
    }
  }
}

/// Where the host connects in the worker's place.
public struct Network: PolicySection {
  private let grants: [ConnectGrant]

  public init(_ grants: ConnectGrant...) { self.grants = grants }

  public func apply(to policy: inout Policy) { policy.connections += grants }
}
