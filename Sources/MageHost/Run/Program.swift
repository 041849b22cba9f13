/// Any program, to be run under a single-stage policy: it need not link the worker runtime, nor know that it is confined.
public struct Program: Sendable {
  /// A file or directory of the host that the program sees, read-only.
  public struct Bind: Equatable, Sendable {
    /// Absolute, on the host.
    public var source: String
    /// Absolute, as the program sees it.
    public var target: String

    public init(source: String, target: String) {
      self.source = source
      self.target = target
    }
  }

  /// Descriptors of this process for the policy's `input` and `output`. They must stay open until the program has ended.
  public struct Streams: Equatable, Sendable {
    /// What the program reads.
    public var input: Int32
    /// Where the bytes of the policy's first output go.
    public var output: Int32
    /// Where those of all others go.
    public var error: Int32

    public init(input: Int32 = 0, output: Int32 = 1, error: Int32 = 2) {
      self.input = input
      self.output = output
      self.error = error
    }
  }

  /// The executable: an ELF file, static or dynamic. Its shared objects are put into the view.
  public var path: String
  /// What follows the path in the program's arguments, at most 62.
  public var arguments: [String]
  public var binds: [Bind]
  public var streams: Streams
  /// All of the program's environment, `NAME=VALUE`; nothing is inherited.
  public var environment: [String]

  public init(
    _ path: String, arguments: [String] = [], binds: [Bind] = [], streams: Streams = Streams(),
    environment: [String] = ["PATH=/usr/bin:/bin"]
  ) {
    self.path = path
    self.arguments = arguments
    self.binds = binds
    self.streams = streams
    self.environment = environment
  }
}
