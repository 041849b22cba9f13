internal import ArgumentParser
internal import Glibc
internal import MageObserve
internal import MagePolicy
internal import MageSystem

/// Shows a running host, live.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Shows the workers of a running host, live.",
    discussion: """
      The host must have been asked to be looked at: HostObserver in its code, or demo-host --observe. Without a SOCKET the one host below \
      $XDG_RUNTIME_DIR/mage is taken. Ends with q, ^C or the host.

      Exit status: 0 it was shown, 64 wrong options, 66 there is no host, or it cannot be looked at.

      Examples:
        mage top
        mage top 1234 --lines 20
        mage top /run/user/1000/mage/1234.sock --once --json
      """)

  @Argument(help: "The host's socket, or its pid.")
  var socket: String?

  @Flag(help: "Show one moment and end.")
  var once = false

  @Flag(help: "Write each snapshot as one line of JSON.")
  var json = false

  @Option(name: .shortAndLong, help: "How many workers to show at most (default: as fit).")
  var lines: Int?

  func run() throws {
    let connection = try connect()
    if json { return try writeLines(connection) }
    let isLive = !once && isatty(STDOUT_FILENO) == 1
    try TopScreen(lines: lines, isLive: isLive).run(connection, moments: once ? 2 : nil)
  }

  private func connect() throws(ExitCode) -> SnapshotReader {
    do throws(HostSearch.Failure) {
      let path = try HostSearch.path(socket)
      do throws(SystemError) {
        return SnapshotReader(try UnixAddress.connect(path))
      } catch {
        throw HostSearch.Failure(path, error)
      }
    } catch {
      Console.complain(error.text)
      throw ExitCode(ExitStatus.noInput)
    }
  }

  private func writeLines(_ connection: SnapshotReader) throws(ExitCode) {
    var isFirst = true
    while let line = connection.next() {
      // Parsed and written anew: what is at the other end of a path that somebody named may be anything.
      guard let value = try? JSONValue.parse(line) else { return try TopFailure.notAHost() }
      guard Console.write(value.line + "\n", to: STDOUT_FILENO) else { return }
      isFirst = false
      if once { return }
    }
    if isFirst { try TopFailure.closed() }
  }
}

/// What ends the command without a picture.
enum TopFailure {
  static func closed() throws(ExitCode) {
    Console.complain(
      "the host closed the connection: it is looked at by too many already, or belongs to somebody else"
    )
    throw ExitCode(ExitStatus.noInput)
  }

  static func notAHost() throws(ExitCode) {
    Console.complain("what listens there is no host of Mage, or of another version")
    throw ExitCode(ExitStatus.noInput)
  }
}

/// Finds the host that is meant.
enum HostSearch {
  struct Failure: Error {
    let text: String

    init(text: String) { self.text = text }

    init(_ path: String, _ error: SystemError) {
      let reason =
        switch error.errno {
        case ENOENT, ECONNREFUSED: "no host listens there"
        case EACCES, EPERM: "it belongs to another user"
        default: "\(error)"
        }
      text =
        "\(Terminal.printable(path)): \(reason). A host listens when it was asked to: HostObserver(host), demo-host --observe"
    }
  }

  static func path(_ wish: String?) throws(Failure) -> String {
    if let wish, !wish.allSatisfy(\.isNumber) || wish.isEmpty { return wish }
    guard let directory = ObserverPlace.directory else {
      throw Failure(text: "XDG_RUNTIME_DIR names no directory: name the host's socket")
    }
    if let wish { return "\(directory)/\(wish).sock" }
    return try only(directory, sockets(directory))
  }

  private static func only(_ directory: String, _ found: [String]) throws(Failure) -> String {
    let alive = found.filter { (try? UnixAddress.connect($0)) != nil }
    switch alive.count {
    case 1: return alive[0]
    case 0:
      throw Failure(
        text:
          "no host listens below \(Terminal.printable(directory)). A host listens when it was asked to: HostObserver(host), demo-host --observe"
      )
    default:
      let list = alive.map { "\n  mage top \(Terminal.printable($0))" }.joined()
      throw Failure(text: "several hosts are there; say which:\(list)")
    }
  }

  private static func sockets(_ directory: String) -> [String] {
    guard let names = try? DirectoryListing.names(in: directory) else { return [] }
    return names.filter { $0.hasSuffix(".sock") }.sorted().map { "\(directory)/\($0)" }
  }
}
