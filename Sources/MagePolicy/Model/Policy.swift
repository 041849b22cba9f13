/// What one kind of worker may do: everything that is not in this value is denied.
///
/// Written as a page of text (``PolicyLibrary``) or built in Swift; the two are the same value, and ``description`` gives
/// the text of either.
public struct Policy: Equatable, Sendable {
  /// As in `policy NAME`: a letter, then letters, digits, `_`, `-` and `.`.
  public var name: String
  /// Counted up by the author with each change of meaning, from 1.
  public var version: Int
  /// One sentence on what the worker is for.
  public var summary: String
  /// What the worker has at its descriptors when it starts, without overlaps.
  public var descriptors: [DescriptorGrant]
  public var namespaces: Namespaces
  public var identity: Identity
  public var fileSystem: FileSystem
  public var limits: Limits
  public var ipc: IPCQuota
  /// The calls of a process that starts: exec, the dynamic linker, the runtime. What ``serve`` allows is allowed here too.
  public var startup: PhaseRules
  /// The calls of a process that handles outside bytes.
  public var serve: PhaseRules
  /// The least isolation under which the worker may run.
  public var requirement: IsolationLevel
  /// Whether workers may be forked from a template, and so share the layout of their address space.
  public var allowsTemplates = true
  /// Where the host connects to in the worker's place (`broker connect`).
  public var connections: [ConnectGrant]
  /// What the author expects of the rules.
  public var tests: [PolicyTest]

  public init(
    name: String, version: Int = 1, summary: String = "", descriptors: [DescriptorGrant] = [],
    namespaces: Namespaces = Namespaces(), identity: Identity,
    fileSystem: FileSystem = FileSystem(),
    limits: Limits = Limits(), ipc: IPCQuota = IPCQuota(), startup: PhaseRules = PhaseRules(),
    serve: PhaseRules = PhaseRules(), requirement: IsolationLevel = .full,
    connections: [ConnectGrant] = [], tests: [PolicyTest] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.descriptors = descriptors
    self.namespaces = namespaces
    self.identity = identity
    self.fileSystem = fileSystem
    self.limits = limits
    self.ipc = ipc
    self.startup = startup
    self.serve = serve
    self.requirement = requirement
    self.connections = connections
    self.tests = tests
  }

  /// Whether it has no channel, and so is for programs that do not link the worker runtime: they cannot seal themselves,
  /// and one filter made of the rules of both phases holds from exec to exit.
  public var isSingleStage: Bool { !descriptors.contains(where: \.isChannel) }

  /// The number of the descriptor called `name`, which a policy's conditions write `fd.NAME`.
  public func descriptor(named name: String) -> Int32? {
    descriptors.first { $0.name == name }?.numbers.lowerBound
  }

  /// The number of the channel called `name`.
  public func channel(named name: String) -> Int32? {
    for case .channel(let number, name) in descriptors { return number }
    return nil
  }
}

/// What stands behind one of a worker's descriptors when it starts.
public enum DescriptorGrant: Equatable, Sendable {
  /// `/dev/null`, for reading and writing, at every number of the range.
  case null(ClosedRange<Int32>)
  /// The worker's end of a channel to the host.
  case channel(Int32, String)
  /// Bytes that whoever runs the program gives it to read.
  case input(Int32)
  /// Bytes that go to whoever runs the program, at every number of the range; a worker's go line by line into its host's events, when its kind keeps them.
  case output(ClosedRange<Int32>)
  /// Memory that the host makes and shares with the worker.
  case memory(Int32, MemoryGrant)

  var isChannel: Bool { if case .channel = self { true } else { false } }

  /// What a policy calls it; `nil` for kinds without names.
  public var name: String? {
    switch self {
    case .channel(_, let name): name
    case .memory(_, let region): region.name
    case .null, .input, .output: nil
    }
  }

  /// The descriptors that it fills.
  public var numbers: ClosedRange<Int32> {
    switch self {
    case .null(let range), .output(let range): range
    case .channel(let number, _), .input(let number), .memory(let number, _): number...number
    }
  }
}

/// Shared memory that a worker has from its start (memfd_create(2)). It is sealed against shrinking and growing, so that neither side
/// can take it from under the other.
public struct MemoryGrant: Equatable, Sendable {
  /// What the host finds it by.
  public var name: String
  /// Bytes.
  public var size: UInt64

  public init(name: String, size: UInt64) {
    self.name = name
    self.size = size
  }
}

/// How much isolation a host must achieve, or refuse to start the worker.
public enum IsolationLevel: String, Equatable, Sendable {
  /// All seven namespaces, an empty root, both filters.
  case full
  /// As ``full``, but where the machine refuses namespaces, without them: the files by Landlock, the calls by both filters, and no
  /// worker where one of these is missing. What only namespaces keep in, such as sockets, such a policy cannot allow. With
  /// `namespaces { }` it is so everywhere.
  case landlockAndSeccomp = "landlock+seccomp"
}

/// A kind of namespace (namespaces(7)), by the name that policies give it.
public enum Namespace: String, CaseIterable, Equatable, Sendable {
  case user, pid, mount, ipc, uts, cgroup, net
}

/// The namespaces that a worker gets for itself.
public struct Namespaces: Equatable, Sendable {
  /// What the worker sees of the network. Neither has an interface that is up.
  public enum Network: String, Equatable, Sendable {
    /// One empty network for all workers of a host: joined in microseconds, where making one takes half a millisecond.
    /// Workers that may open sockets could meet there.
    case sharedEmpty = "shared-empty"
    /// An empty network of the worker's own.
    case own
  }

  public var kinds: Set<Namespace>
  public var network: Network

  public init(kinds: Set<Namespace> = Set(Namespace.allCases), network: Network = .sharedEmpty) {
    self.kinds = kinds
    self.network = network
  }
}

/// Who the worker is inside its user namespace. It has no capability, and no-new-privs is set: neither can be granted.
public struct Identity: Equatable, Sendable {
  public var uid: UInt32
  public var gid: UInt32

  public init(uid: UInt32, gid: UInt32) {
    self.uid = uid
    self.gid = gid
  }
}

/// The worker's files: an empty read-only root, and what is listed.
public struct FileSystem: Equatable, Sendable {
  /// A directory in memory that goes with the worker.
  public struct Temporary: Equatable, Sendable {
    /// Absolute, without `.` and `..`.
    public var path: String
    /// Bytes that fit.
    public var size: UInt64
    /// Whether nothing in it can be executed or mapped executable.
    public var noexec: Bool

    public init(path: String, size: UInt64, noexec: Bool = true) {
      self.path = path
      self.size = size
      self.noexec = noexec
    }
  }

  /// Files that the host opens in the worker's place (`broker openat`).
  public struct Brokered: Equatable, Sendable {
    public enum Access: String, Equatable, Sendable {
      case read
      /// Existing files only, for reading and writing.
      case write
    }

    public var access: Access
    /// A directory, without `.` and `..`.
    public var directory: String
    /// What the path below the directory must match, whole: `*` is any letters but `/`, `**` any letters.
    public var pattern: String
    /// Opens over the worker's whole life.
    public var maxOpen: UInt32

    public init(_ access: Access, directory: String, pattern: String, maxOpen: UInt32) {
      self.access = access
      self.directory = directory
      self.pattern = pattern
      self.maxOpen = maxOpen
    }
  }

  /// What the worker sees at /proc (proc(5)).
  public enum Processes: String, CaseIterable, Equatable, Sendable {
    case none
    /// Its own processes in its own pid namespace and nothing of the machine, read-only.
    case minimal
  }

  public var processes: Processes
  /// Host paths bound read-only at the same place. Absolute, without `.` and `..`.
  public var readOnly: [String]
  /// Host paths bound at the same place that the worker may change. Absolute, without `.` and `..`.
  public var readWrite: [String]
  public var temporary: [Temporary]
  /// Names below /dev: `null`, `zero`, `full`, `random` or `urandom`.
  public var devices: [String]
  public var brokered: [Brokered]

  public init(
    processes: Processes = .none, readOnly: [String] = [], readWrite: [String] = [],
    temporary: [Temporary] = [], devices: [String] = [], brokered: [Brokered] = []
  ) {
    self.processes = processes
    self.readOnly = readOnly
    self.readWrite = readWrite
    self.temporary = temporary
    self.devices = devices
    self.brokered = brokered
  }
}

/// A place that the host connects to in the worker's place.
public struct ConnectGrant: Equatable, Hashable, Sendable {
  /// A host name, or an address as numbers.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}
