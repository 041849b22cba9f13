import MagePipes
import MagePolicy
import ProbeInterface
import TestSupport
import Testing

@testable import MageHost

/// What workers write, which is theirs and not to be believed, line by line in the host's events.
@Suite(.timeLimit(.minutes(10))) struct OutputTests {
  // MARK: Lines, as values

  private func lines(_ longest: Int, _ pieces: String...) -> [LineSplitter.Line] {
    var splitter = LineSplitter(longest: longest)
    var lines: [LineSplitter.Line] = []
    for piece in pieces { splitter.feed(piece.utf8) { lines.append($0) } }
    if let rest = splitter.take() { lines.append(rest) }
    return lines
  }

  private func line(_ text: String, lost: Int = 0) -> LineSplitter.Line {
    LineSplitter.Line(bytes: Array(text.utf8), isTruncated: lost > 0, lost: lost)
  }

  @Test("Lines are cut where they end, whatever pieces they come in")
  func split() {
    #expect(lines(9, "a\nb", "c\r\n\n", "end") == [line("a"), line("bc"), line(""), line("end")])
    #expect(lines(3, "abcdef\nx\n") == [line("abc", lost: 3), line("x")])
    #expect(lines(3, "abc", "def") == [line("abc", lost: 3)])
  }

  @Test(
    "A terminal that prints a worker's text obeys none of it",
    arguments: [
      ("plain ünïcode 👍", "plain ünïcode 👍"), ("\u{1b}[2J", "\\u{1b}[2J"),
      ("a\tb\u{7}\u{8}", "a\\tb\\u{7}\\u{8}"), ("\u{9b}31m", "\\u{9b}31m"),
      ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"), ("\u{2028}x\u{feff}", "\\u{2028}x\\u{feff}"),
      ("\u{7f}\r", "\\u{7f}\\u{d}"), ("\u{e000}", "\\u{e000}"),
    ])
  func printable(text: String, expected: String) {
    #expect(Printable.text(bytes: Array(text.utf8)) == expected)
  }

  @Test("Bytes that are no UTF-8 are replaced")
  func repaired() {
    #expect(Printable.text(bytes: [0x61, 0xFF, 0xC3, 0x62]) == "a\u{FFFD}\u{FFFD}b")
  }

  // MARK: Real workers

  private struct Seen {
    var lines: [OutputLine] = []
    var endings: [Ending] = []
    var dropped: UInt64 { lines.reduce(0) { $0 + $1.droppedBytes } }
  }

  /// What a worker's output was, once it has ended.
  private func output(
    _ rule: OutputRule?, granted: Bool = true, start: WorkerKind.Start = .alone,
    _ body: (Probe.Proxy) async throws -> Void
  ) async throws -> Seen {
    let test = try TestHost {
      $0.descriptors.removeAll { $0.name == nil }
      $0.descriptors += granted ? [.null(0...0), .output(1...2)] : [.null(0...2)]
    }
    let events = test.host.events(buffer: 100_000)
    let kind = WorkerKind(
      "writer", executable: TestHost.worker, policy: test.policy, offers: [Probe.self],
      start: start, pool: PoolLimits(maximum: 1, waitDeadline: .seconds(60)), output: rule)
    do {
      let pool = try await test.host.pool(of: kind, calling: Probe.self)
      try await pool.withWorker { remote, worker in
        try await body(Probe.Proxy(remote))
        _ = await worker.finish()
      }
    } catch {
      await test.host.shutDown()
      throw error
    }
    await test.host.shutDown()
    var seen = Seen()
    for await event in events {
      switch event.kind {
      case .output(let identity, let line):
        #expect(identity.kind == "writer")
        seen.lines.append(line)
      case .ended(let identity, let ending) where identity.role != .template:
        seen.endings.append(ending)
      case .dropped: Issue.record("the test's own buffer was too small")
      default: break
      }
    }
    return seen
  }

  @Test("Lines come with the worker that wrote them and where", arguments: [false, true])
  func captured(fromTemplate: Bool) async throws {
    let seen = try await output(
      OutputRule(), start: fromTemplate ? .fromTemplate(ready: 1) : .alone
    ) { (probe) async throws in
      #expect(try await probe.write(descriptor: 1, bytes: Array("hello\nwor".utf8)) == 9)
      #expect(try await probe.write(descriptor: 2, bytes: Array("oh \u{1b}[31mno\n".utf8)) == 11)
      #expect(try await probe.write(descriptor: 1, bytes: Array("ld".utf8)) == 2)
    }
    let first = seen.lines.filter { $0.descriptor == 1 }.map(\.text)
    let second = seen.lines.filter { $0.descriptor == 2 }.map(\.text)
    #expect(first == ["hello", "world"])
    #expect(second == ["oh \\u{1b}[31mno"])
    #expect(seen.endings.map(\.cause) == [.finished])
    #expect(seen.dropped == 0)
  }

  @Test("What a worker wrote before it crashed is there")
  func lastWords() async throws {
    let seen = try await output(OutputRule()) { (probe) async throws in
      _ = try await probe.write(descriptor: 2, bytes: Array("about to crash".utf8))
      try? await probe.commit(crime: "crash-segv")
    }
    #expect(seen.lines.map(\.text) == ["about to crash"])
  }

  @Test("Without a rule, and without the grant, it goes to /dev/null", arguments: [true, false])
  func nowhere(granted: Bool) async throws {
    let seen = try await output(granted ? nil : OutputRule(), granted: granted) {
      (probe) async throws in
      #expect(try await probe.write(descriptor: 1, bytes: Array("hello\n".utf8)) == 6)
    }
    #expect(seen.lines.isEmpty)
  }

  @Test("A flood of lines is cut to the rule, counted, and the worker still answers")
  func flood() async throws {
    let rule = OutputRule(lineBytes: 64, linesPerSecond: 10, bytesPerSecond: 10_000)
    let block = Array(String(repeating: "spam\n", count: 10_000).utf8)
    let seen = try await output(rule) { (probe) async throws in
      for _ in 0..<20 { #expect(try await probe.write(descriptor: 1, bytes: block) == 50_000) }
      #expect(try await probe.echo(text: "alive") == "alive")
    }
    let kept = seen.lines.reduce(0) { $0 + $1.text.utf8.count + ($1.text.isEmpty ? 0 : 1) }
    // Ten lines a second, and the test takes far less than a minute.
    #expect(seen.lines.count < 600)
    // Newlines of lines that were over their number are counted with neither.
    #expect(UInt64(kept) + seen.dropped <= 1_000_000)
    #expect(seen.dropped > 700_000)
    #expect(seen.lines.allSatisfy { $0.text.utf8.count <= 64 })
  }

  @Test("Megabytes without a newline are one line, cut, and wait in nobody's memory")
  func noNewline() async throws {
    let seen = try await output(OutputRule(lineBytes: 100)) { (probe) async throws in
      try await probe.pour(descriptor: 2, count: 6 << 20)
    }
    #expect(seen.lines.filter { !$0.text.isEmpty }.count == 1)
    #expect(seen.lines.first { !$0.text.isEmpty }?.text == String(repeating: "x", count: 100))
    #expect(seen.dropped == UInt64((6 << 20) - 100))
  }

  @Test("The host serves others while one worker floods")
  func neighbours() async throws {
    let test = try TestHost {
      $0.descriptors.removeAll { $0.name == nil }
      $0.descriptors += [.null(0...0), .output(1...2)]
    }
    let kind = WorkerKind(
      "writer", executable: TestHost.worker, policy: test.policy, offers: [Probe.self],
      pool: PoolLimits(maximum: 1), output: OutputRule())
    let flooder = Probe.Proxy(try await test.host.spawn(kind).remote(Probe.self))
    let (_, neighbour) = try await test.probe()
    let flood = Task { try await flooder.within(.seconds(60)).pour(descriptor: 1, count: 1 << 30) }
    var slowest = Duration.zero
    for _ in 0..<200 {
      let start = ContinuousClock.now
      #expect(try await neighbour.echo(text: "there?") == "there?")
      slowest = max(slowest, start.duration(to: .now))
      try await Task.sleep(for: .milliseconds(1))
    }
    // A gigabyte takes the flooder minutes at the pace that it is read: it is waiting for its pipe.
    #expect(slowest < .seconds(2))
    await test.host.shutDown()
    await #expect(throws: CallError.self) { try await flood.value }
  }
}
