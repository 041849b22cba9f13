internal import Glibc
internal import MageSystem

/// The host's ends of what one worker writes. Loop only.
struct WorkerOutput {
  private struct Stream {
    let end: SharedDescriptor
    var splitter: LineSplitter
  }

  /// A pipe holds no more (pipe(7)), unless its writer asks the kernel, which asks for a call that no policy allows.
  private static let mostBytes = 64 << 10

  private static let readsAtTheEnd = 4

  private let rule: OutputRule
  private var streams: [Int32: Stream] = [:]
  private var budget: OutputBudget
  /// Since the last line that was passed on.
  private var dropped: UInt64 = 0

  init(_ rule: OutputRule) {
    self.rule = rule
    budget = OutputBudget(rule, at: .now)
  }

  /// Makes a pipe, and returns the end that the worker writes to at `number`.
  mutating func open(_ number: Int32) throws(SystemError) -> SharedDescriptor {
    let pipe = try Pipe.make()
    let far = pipe.writeEnd
    let near = SharedDescriptor(pipe.takeReadEnd())
    // Of this end alone: the worker's waits when the pipe is full, as programs expect of standard output.
    guard fcntl(near.number, F_SETFL, O_NONBLOCK) == 0 else {
      throw SystemError("fcntl(F_SETFL)", errno: errno)
    }
    streams[number] = Stream(end: near, splitter: LineSplitter(longest: rule.lineBytes))
    return far
  }

  /// What to watch, by the worker's number for it.
  var descriptors: [Int32: Int32] { streams.mapValues { $0.end.number } }

  enum Progress: Equatable {
    case more
    /// The worker has to wait until then.
    case pause(MonotonicTime)
    case ended
  }

  /// Reads once.
  mutating func read(_ number: Int32, _ emit: (OutputLine) -> Void) -> Progress {
    if let moment = budget.pause(), moment > .now { return .pause(moment) }
    return take(number, emit)
  }

  private mutating func take(_ number: Int32, _ emit: (OutputLine) -> Void) -> Progress {
    guard let end = streams[number]?.end else { return .ended }
    var buffer = [UInt8](repeating: 0, count: Self.mostBytes)
    let count = Glibc.read(end.number, &buffer, buffer.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return .more }
    guard count > 0 else {
      finish(number, emit)
      return .ended
    }
    let admitted = budget.admit(bytes: count, at: .now)
    take(number, buffer.prefix(admitted), emit)
    dropped &+= UInt64(clamping: count - admitted)
    return budget.pause().map { .pause($0) } ?? .more
  }

  private mutating func take(
    _ number: Int32, _ bytes: ArraySlice<UInt8>, _ emit: (OutputLine) -> Void
  ) {
    guard var splitter = streams[number]?.splitter else { return }
    splitter.feed(bytes) { pass($0, number, emit) }
    streams[number]?.splitter = splitter
  }

  private mutating func pass(
    _ line: LineSplitter.Line, _ number: Int32, _ emit: (OutputLine) -> Void
  ) {
    guard budget.admitLine() else {
      dropped &+= UInt64(clamping: line.bytes.count + line.lost)
      return
    }
    dropped &+= UInt64(clamping: line.lost)
    emit(
      OutputLine(
        descriptor: number, text: Printable.text(bytes: line.bytes), isTruncated: line.isTruncated,
        droppedBytes: dropped))
    dropped = 0
  }

  private mutating func finish(_ number: Int32, _ emit: (OutputLine) -> Void) {
    if let line = streams[number]?.splitter.take() { pass(line, number, emit) }
  }

  /// Lets go of a pipe. Call when it is not watched any more.
  mutating func close(_ number: Int32) { streams[number] = nil }

  /// Reads what the worker left behind. Call when it has ended.
  mutating func drain(_ emit: (OutputLine) -> Void) {
    for number in streams.keys.sorted() {
      // More than a pipe holds, and a bound for one whose writer could not be ended.
      for _ in 0..<Self.readsAtTheEnd {
        if take(number, emit) == .ended { break }
      }
      finish(number, emit)
    }
    guard dropped > 0 else { return }
    emit(OutputLine(descriptor: 2, text: "", isTruncated: true, droppedBytes: dropped))
    dropped = 0
  }
}
