internal import ArgumentParser
internal import Glibc
internal import MageHost
internal import MagePipes
internal import MagePolicy

/// `mage run`: any program under a single-stage policy.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a program under a policy and says how it ended.",
    discussion: """
      Standard input, output and error pass through; a program that is ended, or crashes, is said in one line on standard error. The program sees its own shared objects, what the policy gives it and what \
      --bind-ro adds, and nothing else of this machine.

      Exit status: the program's own when it finished; 124 a limit ended it; 125 it could not be started; 126 it made a \
      forbidden call; 128+N signal N ended it, or this command; 64 wrong options. A program may end with any of these itself: the \
      report says which it was.

      Examples:
        mage run -- /bin/echo hello
        mage run --cpu 1s --wall 5s --memory 64MiB --stdin input.txt -- ./solution
        mage run --bind-ro /usr/share/dict -- /usr/bin/wc -l /usr/share/dict/words
        mage run --report report.json -- ./solution && cat report.json
      """)

  @Option(help: "A policy's name, or a file.", completion: PolicyPlace.completion)
  var policy = "judge"

  @OptionGroup var place: PolicyPlace

  @Option(
    name: .customLong("bind-ro"), parsing: .singleValue,
    help: ArgumentHelp(
      "A file or directory that the program may read, at DST or where it is.",
      valueName: "src[:dst]"))
  var binds: [BindOption] = []

  @Option(help: ArgumentHelp("Processor time: 2s, 500ms.", valueName: "time"))
  var cpu: DurationOption?

  @Option(help: ArgumentHelp("Time until the program must have ended.", valueName: "time"))
  var wall: DurationOption?

  @Option(help: ArgumentHelp("Memory: 256MiB.", valueName: "size"))
  var memory: SizeOption?

  @Option(help: ArgumentHelp("Bytes written: 1MiB.", valueName: "size"))
  var output: SizeOption?

  @Option(help: "Processes at a time, where the policy allows more than one.")
  var processes: UInt32?

  @Option(help: "Threads at a time.")
  var threads: UInt32?

  @Option(name: .customLong("open-files"), help: "Descriptors at a time, 4 to 1000.")
  var openFiles: UInt32?

  @Option(
    name: .customLong("stdin"), help: ArgumentHelp("Read by the program.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp(
      "Where to write how it ended, as JSON; '-' is standard error.", valueName: "file"),
    completion: .file())
  var report: String?

  @Flag(help: "Write the report to standard error.")
  var json = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program, and its arguments.", valueName: "program"), completion: .file()
  )
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("no program: mage run [options] -- PROGRAM [ARGUMENT …]")
    }
    try BindOption.check(binds)
    if memory?.bytes == 0 { throw ValidationError("--memory is 0: nothing runs in no memory") }
    for (name, count) in [("processes", processes), ("threads", threads)] where count == 0 {
      throw ValidationError("--\(name) is 0, must be at least 1")
    }
    if let openFiles, !(4...1000).contains(openFiles) {
      throw ValidationError("--open-files is \(openFiles), must be 4 to 1000")
    }
  }

  func run() throws {
    StandardStreams.fill()
    let run = ProgramRun(options: self)
    throw ExitCode(Waiting.forValue { await run.run() })
  }
}

/// `SRC[:DST]`, both absolute once SRC is completed.
struct BindOption: ExpressibleByArgument, Equatable {
  let source: String
  let target: String
  /// Why it cannot be.
  let problem: String?

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let given = parts.first.map(String.init) ?? ""
    let resolved = Paths.absolute(given)
    let reason = String(cString: strerror(errno))
    source = resolved ?? given
    target = parts.count > 1 ? String(parts[1]) : source
    if resolved == nil {
      problem = "\(given): \(reason)"
    } else if !Paths.isPlain(target) {
      problem = "\(target): not an absolute path below / without '.' and '..'"
    } else {
      problem = nil
    }
  }

  static func check(_ binds: [BindOption]) throws {
    guard let problem = binds.compactMap(\.problem).first else { return }
    throw ValidationError("--bind-ro \(problem)")
  }
}

enum Paths {
  /// Resolved, links included (realpath(3)).
  static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Absolute, below the root, without empty parts, `.` and `..`.
  static func isPlain(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    return path.hasPrefix("/") && path != "/"
      && !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
  }

  /// A name without `/` is looked for in PATH, as a shell does. What is not found there is left as it is.
  static func program(_ name: String) -> String {
    guard !name.contains("/"), let path = getenv("PATH") else { return name }
    for directory in String(cString: path).split(separator: ":") {
      let candidate = "\(directory)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return name
  }
}

/// Descriptors 0 to 2 may be closed; then the next file to be opened would be taken for one of them.
enum StandardStreams {
  static func fill() {
    for number in Int32(0)...2 {
      var status = stat()
      guard fstat(number, &status) != 0 else { continue }
      // The lowest free number is this one.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
