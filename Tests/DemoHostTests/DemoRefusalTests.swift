import Foundation
import Glibc
import TestSupport
import Testing

/// What the demo says when it cannot do its work, and the status it exits with.
@Suite(.serialized) struct DemoRefusalTests {
  private func refusal(
    _ arguments: [String], status: Int32, says words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try Demo.run(arguments)
    #expect(run.status == status, "\(run.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation)
    }
  }

  @Test("Wrong options exit with 64 and name the option")
  func options() throws {
    try refusal(["--wrokers", "3"], status: 64, says: ["--wrokers"])
    try refusal(["--workers", "0"], status: 64, says: ["--workers is 0", "1 to 64"])
    try refusal(["--workers", "many"], status: 64, says: ["many"])
  }

  @Test("A directory without images, or none at all, exits with 66 and names it")
  func noInput() throws {
    try refusal(["/nonexistent"], status: 66, says: ["/nonexistent", "ENOENT"])
    try refusal(["/etc/passwd"], status: 66, says: ["/etc/passwd", "ENOTDIR"])
    try Places.withDirectory { try refusal([$0], status: 66, says: ["no .png", $0]) }
  }

  @Test("A directory that may not be read exits with 66")
  func unreadable() throws {
    // Root may read everything; then a directory that cannot be opened for another reason has to do.
    try Places.withDirectory { directory in
      chmod(directory, 0)
      defer { chmod(directory, 0o700) }
      try refusal(
        [directory], status: 66, says: geteuid() == 0 ? [directory] : [directory, "EACCES"])
    }
  }

  @Test("A missing policy exits with 66; a mistake in one with 65, its place and a suggestion")
  func policy() throws {
    try refusal(["--policy", "/nonexistent.sandbox"], status: 66, says: ["/nonexistent.sandbox"])
    try Places.withDirectory { directory in
      let file = directory + "/mine.sandbox"
      let text = """
        policy mine version 1
        describe "Has a mistake."
        syscalls serve {
            alow read
        }
        """
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      try refusal(["--policy", file], status: 65, says: ["\(file):4:5:", "allow"])
    }
  }

  @Test("A policy that is weaker than the one its interface names exits with 69, and says in what")
  func weakPolicy() throws {
    try Places.withDirectory { directory in
      let file = directory + "/mine.sandbox"
      let renderer = try String(
        contentsOfFile: Places.policies + "/renderer.sandbox", encoding: .utf8)
      let text = renderer.replacingOccurrences(of: "memory 256MiB", with: "memory 512MiB")
        .replacingOccurrences(of: "policy renderer", with: "policy mine")
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      try refusal(
        ["--policy", file], status: 69,
        says: ["demo.Thumbnailer", "'renderer'", "'mine'", "memory 512MiB", "memory 256MiB"])
    }
  }

  @Test(
    "A worker that is missing, not executable, a directory or no program exits with 69 and says so")
  func worker() throws {
    try refusal(["--worker", "/nonexistent"], status: 69, says: ["/nonexistent", "ENOENT"])
    try refusal(["--worker", "/etc/passwd"], status: 69, says: ["/etc/passwd", "not executable"])
    try refusal(["--worker", "/tmp"], status: 69, says: ["/tmp", "not a regular file"])
    try Places.withDirectory { directory in
      let script = directory + "/script"
      try "#!/bin/sh\n".write(toFile: script, atomically: true, encoding: .utf8)
      chmod(script, 0o755)
      try refusal(["--worker", script], status: 69, says: [script, "not an ELF"])
    }
  }

  @Test("A program that is no worker of ours ends before it is invited")
  func foreignProgram() throws {
    try refusal(["--worker", "/bin/true"], status: 69, says: ["before it was invited"])
  }

  @Test("A sheet that cannot be written exits with 73 and names the call")
  func output() throws {
    let good = Places.samples + "/good"
    try refusal([good, "--output", "/nonexistent/sheet.png"], status: 73, says: ["/nonexistent"])
    try refusal([good, "--output", "/dev/full"], status: 73, says: ["/dev/full", "No space"])
    try refusal([good, "--output", "/proc/sheet.png"], status: 73, says: ["/proc/sheet.png"])
  }

  @Test("^C ends the workers, writes no sheet and exits with 130")
  func interrupt() throws {
    try Places.withDirectory { directory in
      let input = directory + "/in"
      try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: Places.samples + "/hostile/never-reply.png", toPath: input + "/a.png")
      let sheet = directory + "/sheet.png"
      var workers: [Int32] = []
      let run = try Demo.run([input, "--output", sheet]) { process in
        workers = try Children.waitForWorker(of: process.processIdentifier)
        process.interrupt()
      }
      #expect(run.status == 130, "\(run.errors)")
      #expect(run.errors.contains("interrupted"))
      #expect(!workers.isEmpty)
      for worker in workers { #expect(!Children.exists(worker)) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["in"])
    }
  }

  @Test("A host that is killed takes its workers and its launcher with it")
  func killed() throws {
    var workers: [Int32] = []
    let input = Places.samples + "/hostile/never-reply.png"
    let run = try Places.withDirectory { directory in
      try FileManager.default.copyItem(atPath: input, toPath: directory + "/a.png")
      return try Demo.run([directory, "--output", "/dev/null"]) { process in
        workers = try Children.waitForWorker(of: process.processIdentifier)
        // A worker that looks at its channel would go by itself; one that is taken over does not look.
        #expect(Children.wait { workers.contains(where: Children.waitsElsewhere) })
        kill(process.processIdentifier, SIGKILL)
      }
    }
    #expect(run.status == 128 + SIGKILL)
    #expect(!workers.isEmpty)
    // The kernel kills them as the host's thread ends; a moment may pass until it has come to each of them.
    #expect(Children.wait { !workers.contains(where: Children.exists) })
    for worker in workers { #expect(!Children.exists(worker)) }
  }
}

/// The processes of a host.
enum Children {
  /// Waits until the host has a worker beside its launcher; returns every child.
  static func waitForWorker(of host: Int32) throws -> [Int32] {
    wait { of(host).count >= 2 } ? of(host) : []
  }

  /// Whether `condition` comes true within a generous time.
  static func wait(until condition: () -> Bool) -> Bool {
    let deadline = Date.now.addingTimeInterval(20)
    while Date.now < deadline {
      if condition() { return true }
      sched_yield()
    }
    return false
  }

  /// Whether the process has a second epoll instance: that of the simulated crime.
  static func waitsElsewhere(_ pid: Int32) -> Bool {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
    let links = files.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")
    }
    return links.count { $0 == "anon_inode:[eventpoll]" } == 2
  }

  private static func of(_ host: Int32) -> [Int32] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(host)/task")) ?? []
    return tasks.flatMap { task -> [Int32] in
      let path = "/proc/\(host)/task/\(task)/children"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// Whether it still runs; a process that is dead and not reaped by init yet does not.
  static func exists(_ pid: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
      return false
    }
    return !stat.contains(") Z ") && !stat.contains(") X ")
  }
}
