import Foundation
import Glibc
import TestSupport
import Testing

/// Files and connections that the host opens in a program's place.
@Suite(.serialized) struct BrokerTests {
  /// A directory with files to be granted and not to be granted, and a policy that grants `granted/**.txt` in it.
  private func withGrant<Value>(_ body: (Grant) throws -> Value) throws -> Value {
    try Places.withDirectory { directory in
      let grant = Grant(directory: try resolved(directory))
      try grant.write()
      return try body(grant)
    }
  }

  private func resolved(_ path: String) throws -> String {
    let resolved = try #require(realpath(path, nil))
    defer { free(resolved) }
    return String(cString: resolved)
  }

  struct Grant {
    let directory: String
    var port = 1
    var rate = 1_000_000
    var access = "read"
    /// More of the policy: what it grants, and its rules.
    var files = ""
    var calls = ""

    var granted: String { directory + "/granted" }
    var policy: String { directory + "/client.sandbox" }

    func write() throws {
      let files = FileManager.default
      for folder in [granted, granted + "/folder.txt", granted + "/deep"] {
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      try "granted".write(toFile: granted + "/file.txt", atomically: false, encoding: .utf8)
      try "deep".write(toFile: granted + "/deep/file.txt", atomically: false, encoding: .utf8)
      try "secret".write(toFile: granted + "/file.key", atomically: false, encoding: .utf8)
      try "secret".write(toFile: directory + "/secret.txt", atomically: false, encoding: .utf8)
      try files.createSymbolicLink(
        atPath: granted + "/link.txt", withDestinationPath: directory + "/secret.txt")
      #expect(mkfifo(granted + "/pipe.txt", 0o600) == 0)
      try text.write(toFile: policy, atomically: false, encoding: .utf8)
    }

    private var text: String {
      """
      policy client version 1
      include "base/program.sandbox"
      include "base/program-threads.sandbox"
      include "base/program-processes.sandbox"
      fds { 0 input 1..2 output }
      namespaces { user pid mount ipc uts cgroup net own }
      identity { uid 1 gid 1 capabilities none no-new-privs }
      filesystem { broker \(access) "\(granted)/**.txt" max-open 1000000
        \(files) }
      network { connect "127.0.0.1" port \(port) }
      limits { memory 64MiB cpu 20s wall 20s output 1MiB processes 4 threads 8 open-files 16 broker-rate \(rate)/s }
      syscalls startup {
          broker openat open
          broker connect
          allow socket when domain == AF_INET
          allow setitimer alarm
          \(calls)
      }
      """
    }

    func run(_ program: String, _ arguments: String..., options: [String] = []) throws -> MageRun {
      try MageRun.run(
        ["--policy", policy] + options, [try CompiledPrograms.path(program)] + arguments)
    }
  }

  @Test(arguments: ["/file.txt", "/deep/file.txt", "/./deep//file.txt"])
  func opensWhatIsGranted(_ name: String) throws {
    try withGrant { grant in
      let run = try grant.run("broker-open", grant.granted + name)
      #expect(run.status == 0)
      #expect(run.output == (name.contains("deep") ? "deep" : "granted"))
    }
  }

  @Test(
    arguments: [
      ("/secret.txt", EACCES), ("/granted/../secret.txt", EACCES), ("/granted/file.key", EACCES),
      ("/granted/link.txt", ELOOP), ("/granted/folder.txt", EACCES), ("/granted/pipe.txt", EACCES),
      ("/granted/none.txt", ENOENT), ("/granted", EACCES),
    ])
  func refusesWhatIsNot(_ name: String, _ error: Int32) throws {
    try withGrant { grant in
      let run = try grant.run("broker-open", grant.directory + name)
      #expect(run.status == error)
      #expect(run.output.isEmpty)
    }
  }

  @Test(arguments: ["/etc/passwd", "file.txt", "", "/proc/self/root/etc/passwd"])
  func refusesWhatIsElsewhere(_ path: String) throws {
    try withGrant { grant in
      let run = try grant.run("broker-open", path)
      #expect(run.status == EACCES)
    }
  }

  @Test(arguments: [O_RDWR, O_WRONLY, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC, pathOnly, temporary])
  func refusesWaysToOpenThatAreNot(_ flags: Int32) throws {
    try withGrant { grant in
      let run = try grant.run("broker-open", grant.granted + "/file.txt", "\(flags)")
      #expect(run.status == EACCES)
    }
  }

  private static let pathOnly: Int32 = 0o10000000
  private static let temporary: Int32 = 0o20200000

  @Test func theProgramsOwnLimitOnFilesHolds() throws {
    try withGrant { grant in
      let run = try grant.run("broker-open", grant.granted + "/file.txt", "0", "20")
      #expect(run.status == EMFILE)
    }
  }

  @Test func onlyTheCopiedPathIsOpened() throws {
    try withGrant { grant in
      let run = try grant.run(
        "broker-race", grant.granted + "/file.txt", grant.directory + "/secret.txt")
      #expect(run.report.detail == "0")
    }
  }

  /// A call that a signal ends is made again or not at all: no descriptor comes that nobody has asked for.
  @Test func aSignalInTheMiddleLeavesNoDescriptor() throws {
    try withGrant { grant in
      let run = try grant.run("broker-interrupted", grant.granted + "/file.txt")
      #expect(run.report.ending == "finished", "\(run.report)")
      #expect(run.report.detail == "0")
    }
  }

  @Test func aSignalInTheMiddleOfAConnectionLeavesNoDescriptor() throws {
    try Places.withDirectory { directory in
      let listener = try LocalListener()
      listener.takeEverybody()
      let grant = Grant(directory: try resolved(directory), port: Int(listener.port))
      try grant.write()
      let run = try grant.run("broker-connect-interrupted", "\(listener.port)")
      #expect(run.report.detail == "0", "\(run.report) \(run.errors)")
    }
  }

  /// The host goes on trying meanwhile; the caller does not wait for that.
  @Test func aSignalEndsAConnectionThatNobodyAnswers() throws {
    try Places.withDirectory { directory in
      let listener = try LocalListener()
      listener.fillUp()
      let grant = Grant(directory: try resolved(directory), port: Int(listener.port))
      try grant.write()
      let run = try grant.run("broker-connect-interrupted", "\(listener.port)", "unanswered")
      #expect(run.report.detail == "0", "\(run.report) \(run.errors)")
      #expect(run.report.usage.wallSeconds < 5)
    }
  }

  /// Callers that die while the host works for them: the host keeps nothing of theirs, and serves the next.
  @Test(arguments: ["opened at once", "opened on a thread", "connected", "never answered"])
  func whoDiesInTheMiddleLeavesTheHostNothing(_ way: String) throws {
    try Places.withDirectory { directory in
      let listener = try LocalListener()
      way == "never answered" ? listener.fillUp() : listener.takeEverybody()
      let grant = Grant(
        directory: try resolved(directory), port: Int(listener.port), access: "write")
      try grant.write()
      let isFile = way.hasPrefix("opened")
      let flags = way == "opened at once" ? O_RDONLY : O_WRONLY | O_TRUNC
      let words =
        isFile
        ? [grant.granted + "/file.txt", "\(flags)"]
        : [way == "connected" ? "\(listener.port)" : "-\(listener.port)"]
      let program = try CompiledPrograms.path("broker-dying")
      let run = try Command.run(
        Places.product("leak-counter"), ["3", "run", grant.policy, program] + words, within: 120)
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("nothing left of 3 programs"))
    }
  }

  @Test func aFloodIsEndedByItsRate() throws {
    try Places.withDirectory { directory in
      let grant = Grant(directory: try resolved(directory), rate: 1000)
      try grant.write()
      let run = try grant.run("broker-flood")
      #expect(run.status == 124)
      #expect(run.report.limit == "broker-rate")
    }
  }

  @Test func aFloodWithinItsRateIsEndedInTime() throws {
    try Places.withDirectory { directory in
      let grant = Grant(directory: try resolved(directory), rate: 10_000_000)
      try grant.write()
      let run = try grant.run("broker-flood", options: ["--wall", "500ms"])
      #expect(run.report.limit == "wall")
      #expect(run.report.usage.wallSeconds < 0.6)
    }
  }

  /// fopen(3) and getaddrinfo(3) of a program that knows nothing of a broker: as far as what they open is granted, and no further.
  @Test(arguments: [true, false])
  func theCLibraryWorksUnchanged(_ isGranted: Bool) throws {
    try Places.withDirectory { directory in
      var grant = Grant(directory: try resolved(directory))
      grant.calls = Self.noNameServices
      if isGranted { grant.files = "broker read \"/etc/hosts\"" }
      try grant.write()
      let run = try grant.run("broker-libc", grant.granted + "/file.txt")
      #expect(run.report.ending == "finished", "\(run.report) \(run.errors)")
      #expect(run.output == "granted " + (isGranted ? "127.0.0.1" : "unknown"))
      let other = try grant.run("broker-libc", grant.directory + "/secret.txt")
      #expect(other.output.isEmpty && other.status == EACCES)
    }
  }

  /// Its sockets to daemons of this machine and to name servers: it is told that there are none.
  private static let noNameServices =
    "errno EAFNOSUPPORT { socket } when domain == AF_UNIX or type & 0xF == SOCK_DGRAM"

  @Test func connectsToWhatIsGrantedAndNothingElse() throws {
    try Places.withDirectory { directory in
      let listener = try LocalListener()
      var grant = Grant(directory: try resolved(directory))
      grant.port = Int(listener.port)
      try grant.write()
      listener.greetOnce("hello")
      let granted = try grant.run("broker-connect", "\(listener.port)")
      #expect(granted.output == "hello")
      let other = try grant.run("broker-connect", "\(listener.port &+ 1)")
      #expect(other.status == EACCES)
    }
  }
}
