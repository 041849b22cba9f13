internal import ArgumentParser
internal import Glibc
internal import MagePolicy

/// Draws moments until the host, the reader or the person has enough.
struct TopScreen {
  let lines: Int?
  /// On a terminal, where each moment replaces the one before.
  let isLive: Bool

  /// - Parameter moments: after how many to end; rates need two.
  func run(_ connection: SnapshotReader, moments most: Int?) throws(ExitCode) {
    let interrupts = Interrupts()
    let keys = isLive ? Keys() : nil  // none when the input is no terminal
    if isLive { Console.write("\u{1b}[?1049h\u{1b}[?25l", to: STDOUT_FILENO) }
    defer {
      if isLive { Console.write("\u{1b}[?25h\u{1b}[?1049l", to: STDOUT_FILENO) }
      keys?.restore()
    }
    var last: TopMoment?
    var count = 0
    while interrupts.signal == nil, keys?.wantsEnd != true {
      guard wait(connection, keys) else { continue }
      guard connection.fill() else {
        if last == nil { try TopFailure.closed() }
        break
      }
      while let line = connection.takeLine() {
        guard let value = try? JSONValue.parse(line), let moment = TopMoment(value, after: last)
        else { return try TopFailure.notAHost() }
        last = moment
        count += 1
        if let most, count < most { continue }
        guard draw(moment) else { return }
        if let most, count >= most { return }
      }
    }
    if let last, !isLive, most != nil, count < most ?? 0 { _ = draw(last) }
  }

  /// True when something has come from the host.
  private func wait(_ connection: SnapshotReader, _ keys: Keys?) -> Bool {
    var watched = [pollfd(fd: connection.number, events: Int16(POLLIN), revents: 0)]
    if keys != nil { watched.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)) }
    // The time is for a signal that comes just before the wait.
    guard poll(&watched, nfds_t(watched.count), 250) > 0 else { return false }
    if watched.count > 1, watched[1].revents != 0 { keys?.read() }
    return watched[0].revents != 0
  }

  private func draw(_ moment: TopMoment) -> Bool {
    let (columns, rows) = Terminal.size
    let width = isLive ? columns : 200
    let room = isLive ? max(1, rows - 14 - moment.pools.count) : Int.max
    let all = TopTable(width: width).lines(moment, workers: min(lines ?? room, room))
    guard isLive else {
      return Console.write(all.joined(separator: "\n") + "\n", to: STDOUT_FILENO)
    }
    let shown = all.prefix(max(rows - 1, 1)).map { "\($0)\u{1b}[K" }.joined(separator: "\r\n")
    return Console.write("\u{1b}[H\(shown)\u{1b}[J", to: STDOUT_FILENO)
  }
}

/// Keys that act when they are pressed and are not shown.
private final class Keys {
  private var saved = termios()
  private(set) var wantsEnd = false

  init?() {
    guard tcgetattr(STDIN_FILENO, &saved) == 0 else { return nil }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
  }

  func restore() { tcsetattr(STDIN_FILENO, TCSANOW, &saved) }

  func read() {
    var key: UInt8 = 0
    let count = Glibc.read(STDIN_FILENO, &key, 1)
    if count <= 0 || key == UInt8(ascii: "q") { wantsEnd = true }
  }
}
