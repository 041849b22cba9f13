import Foundation
import Glibc
import MageSystem
import TestSupport
import Testing

/// `mage top` on a demo that runs.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TopTests {
  private static var mage: String { Places.product("mage") }

  private func top(_ arguments: [String], shell: String = #""$@""#) throws -> Command {
    try Command.run("/bin/sh", ["-c", shell, "sh", Self.mage, "top"] + arguments, within: 30)
  }

  /// Runs `body` beside a demo that goes on for as long, with the directory that hosts are looked for in.
  private func withDemo(_ body: (_ runtime: String, _ socket: String, _ pid: Int32) throws -> Void)
    throws
  {
    try Places.withDirectory { directory in
      let demo = Process()
      demo.executableURL = URL(fileURLWithPath: Places.product("demo-host"))
      demo.arguments = [
        Places.samples, "--json", "--rounds", "100000", "--observe", "-", "--output",
        directory + "/sheet.png",
      ]
      demo.environment = ProcessInfo.processInfo.environment.merging(
        ["XDG_RUNTIME_DIR": directory]) { _, new in new }
      demo.standardOutput = FileHandle.nullDevice
      demo.standardError = FileHandle.nullDevice
      try demo.run()
      defer {
        demo.interrupt()
        demo.waitUntilExit()
      }
      let socket = directory + "/mage/\(demo.processIdentifier).sock"
      var facts = stat()
      for _ in 0..<1000 where lstat(socket, &facts) != 0 { usleep(10_000) }
      try #require(lstat(socket, &facts) == 0)
      try body(directory, socket, demo.processIdentifier)
    }
  }

  @Test(
    "It finds the one host, and shows workers, figures and endings, for people and for programs")
  func shows() throws {
    try withDemo { runtime, socket, pid in
      let found = "XDG_RUNTIME_DIR='\(runtime)' \"$@\""
      let once = try untilThereIsAWorker { try top(["--once"], shell: found) }
      #expect(once.status == 0, "\(once.errors)")
      #expect(once.output.contains("host \(pid)"))
      #expect(once.output.contains("demo-worker"))
      #expect(once.output.contains("renderer"))
      #expect(once.output.contains("CALLS/s"))
      #expect(!once.output.contains("\u{1b}"), "no terminal, no colours")
      let json = try top(["--json", "--once", socket])
      let value = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect(value?["pid"] as? Int == Int(pid))
      #expect((value?["workers"] as? [Any])?.isEmpty == false)
      #expect(json.output.split(separator: "\n").count == 1)
      // By pid; and a reader that has enough ends it.
      let head = try top(["--json", "\(pid)"], shell: found + " | head -n 2")
      #expect(head.output.split(separator: "\n").count == 2)
      let one = try top(["--once", "--lines", "1", socket])
      #expect(one.output.contains("… and "))
      // The command ends, the host goes on.
      let interrupted = try top([socket], shell: "timeout --signal=INT 2 \"$@\"")
      #expect(interrupted.status == 124 || interrupted.status == 0)
      #expect(kill(pid, 0) == 0)
    }
  }

  /// A demo that has just begun has no worker yet.
  private func untilThereIsAWorker(_ look: () throws -> Command) throws -> Command {
    let end = Date.now.addingTimeInterval(20)
    while true {
      let seen = try look()
      if seen.output.contains("demo-worker") || Date.now > end { return seen }
    }
  }

  @Test(
    "On a terminal it draws on a screen of its own, as wide as there is room, and leaves it with q")
  func terminal() throws {
    try withDemo { _, socket, _ in
      for columns in [200, 80, 30, 8] {
        let script = """
          import os, pty, sys, time, struct, fcntl, termios, select
          pid, master = pty.fork()
          if pid == 0: os.execv(sys.argv[1], [sys.argv[1], "top", sys.argv[2]])
          fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, \(columns), 0, 0))
          out, end = b"", time.time() + 20
          while out.count(b"\\x1b[H") < 4 and time.time() < end:
              if select.select([master], [], [], 0.1)[0]: out += os.read(master, 65536)
          os.write(master, b"q")
          while True:
              try: data = os.read(master, 65536)
              except OSError: break
              if not data: break
              out += data
          print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
          sys.stdout.buffer.write(out)
          """
        let run = try Command.run(
          "/usr/bin/env", ["python3", "-c", script, Self.mage, socket], within: 30)
        #expect(run.output.hasPrefix("0\n"), "\(run.output.prefix(20)) \(run.errors)")
        #expect(run.output.contains("\u{1b}[?1049h"))
        #expect(run.output.contains("\u{1b}[?1049l"))
        let frame = run.output.components(separatedBy: "\u{1b}[H").dropFirst(2).first ?? ""
        // The terminal itself puts one carriage return more before each end of a line.
        let lines = frame.components(separatedBy: "\n").map {
          $0.replacingOccurrences(of: "\u{1b}[K", with: "").replacingOccurrences(
            of: "\u{1b}[J", with: ""
          ).replacingOccurrences(of: "\r", with: "")
        }
        #expect(lines.count <= 23)
        for line in lines.dropLast() { #expect(line.count <= columns, "\(columns): \(line)") }
      }
    }
  }

  @Test("Without a host it says so, and what to do")
  func nothingThere() throws {
    try Places.withDirectory { directory in
      let none = try top(["--once"], shell: "XDG_RUNTIME_DIR='\(directory)' \"$@\"")
      #expect(none.status == 66)
      #expect(none.errors.contains("no host listens below"))
      #expect(none.errors.contains("--observe"))
      let named = try top([directory + "/none.sock"])
      #expect(named.status == 66)
      #expect(named.errors.contains("no host listens there"))
      let long = try top([directory + "/" + String(repeating: "x", count: 200)])
      #expect(long.status == 66)
      #expect(try top(["--what"]).status == 64)
    }
  }

  @Test("What is no host is told apart, whatever it sends")
  func stranger() throws {
    try Places.withDirectory { directory in
      for text in [
        "{}\\n", "\\xff\\x1b[2Jhello\\n",
        "{\"version\":2,\"pid\":1,\"uptime\":1,\"workers\":[]}\\n", "",
      ] {
        let path = directory + "/stranger.sock"
        unlink(path)
        let script =
          "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind('\(path)'); s.listen(1); open('\(path).ready','w'); c=s.accept()[0]; c.sendall(b'\(text)')"
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["python3", "-c", script]
        try server.run()
        for _ in 0..<500 where access(path + ".ready", F_OK) != 0 { usleep(10_000) }
        unlink(path + ".ready")
        let run = try top(["--once", path])
        #expect(run.status == 66, "\(text)")
        #expect(!run.output.contains("\u{1b}") && !run.errors.contains("\u{1b}"))
        server.waitUntilExit()
      }
    }
  }
}
