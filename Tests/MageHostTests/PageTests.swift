import Foundation
import Glibc
import MageHost
import MagePolicy
import MageSystem
import ProbeInterface
import TestSupport
import Testing

@testable import MageObserve

/// The page for browsers: what it answers, and whom it does not.
@Suite(.timeLimit(.minutes(10))) struct PageTests {
  // MARK: Requests, as values

  private func read(_ text: String) -> PageRequest.Reading { PageRequest.read(Array(text.utf8)) }

  @Test("A browser's request is understood")
  func request() {
    #expect(
      read("GET /a/b HTTP/1.1\r\nHost: 127.0.0.1:80 \r\nAccept: */*\r\n\r\n")
        == .complete(PageRequest(method: .get, path: "/a/b", host: "127.0.0.1:80")))
    #expect(
      read("HEAD / HTTP/1.0\nhost:x\n\n")
        == .complete(PageRequest(method: .head, path: "/", host: "x")))
    #expect(read("GET / HTTP/1.1\r\nHost: x\r\n") == .more)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      ("POST / HTTP/1.1\r\nHost: x\r\n\r\n", 405), ("GET / HTTP/1.1\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
      ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("\r\n\r\n", 400), ("\n\n", 400),
      ("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET / HTTP/2\r\nHost: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
      ("GET /\u{1b} HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
      (String(repeating: "x", count: 4096), 431),
    ])
  func refused(text: String, status: Int) { #expect(read(text) == .refused(status)) }

  // MARK: A real page

  private func withPage<Value>(
    _ change: (inout Policy) -> Void = { _ in },
    _ body: (TestHost, HostPage, UInt16) async throws -> Value
  ) async throws -> Value {
    try await TestHost.with(change) { (test) async throws in
      let page = try HostPage(test.host)
      let port = try #require(URL(string: page.address)?.port.flatMap { UInt16(exactly: $0) })
      let value = try await body(test, page, port)
      await page.close()
      return value
    }
  }

  /// Sends a text and reads the answer to its end, on a thread of its own.
  private func ask(_ port: UInt16, _ text: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      Foundation.Thread.detachNewThread {
        continuation.resume(
          with: Result {
            let socket = try Socket.connected(port)
            socket.send(text)
            return socket.rest()
          })
      }
    }
  }

  private func get(_ port: UInt16, _ path: String, host: String? = nil) async throws -> String {
    try await ask(port, "GET \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n\r\n")
  }

  @Test(
    "Who has the address gets the page, its parts and the host's figures, with nothing to run but its own script"
  )
  func served() async throws {
    try await withPage { (test, page, port) async throws in
      let (worker, _) = try await test.probe()
      let path = try #require(URL(string: page.address)).path + "/"
      let whole = try await get(port, path)
      #expect(whole.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(whole.contains("default-src 'none'"))
      #expect(whole.contains("<title>Mage</title>"))
      for part in ["page.js", "page.css"] {
        #expect(try await get(port, path + part).hasPrefix("HTTP/1.1 200 OK"))
      }
      let answer = try await get(port, path + "snapshot", host: "LOCALHOST:\(port)")
      let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
      let value = try JSONValue.parse(body)
      guard case .array(let workers) = value["workers"] else {
        Issue.record("\(value)")
        return
      }
      #expect(workers.map { $0["process"] } == [.integer(Int64(worker.pid))])
      #expect(try await get(port, path + "other").hasPrefix("HTTP/1.1 404"))
      let head = try await ask(port, "HEAD \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
      #expect(head.hasSuffix("\r\n\r\n"))
    }
  }

  @Test("A stranger's name for this machine, and who lacks the secret, get nothing")
  func strangers() async throws {
    try await withPage { (_, page, port) async throws in
      let path = try #require(URL(string: page.address)).path + "/"
      for host in [
        "evil.example", "evil.example:\(port)", "127.0.0.1", "127.0.0.1:\(port).evil.example",
      ] {
        #expect(try await get(port, path, host: host).hasPrefix("HTTP/1.1 421"))
      }
      let wrong = "/" + String(repeating: "0", count: 32) + "/"
      for path in ["/", "/snapshot", wrong, wrong + "snapshot", String(path.dropLast(2))] {
        #expect(try await get(port, path).hasPrefix("HTTP/1.1 403"))
      }
      for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = try await ask(
          port, "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 405"))
      }
    }
  }

  @Test("Those who connect and say nothing, or never end, take no place for long and no memory")
  func slow() async throws {
    try await withPage { (_, page, port) async throws in
      let path = try #require(URL(string: page.address)).path + "/"
      let idle = try (0..<64).map { _ in try Socket.connected(port) }
      idle.first?.send(String(repeating: "x", count: 3000))
      // More than thirty-two are let go at once, before those that came first.
      #expect(idle.last?.rest() == "")
      #expect(try #require(idle.first).isOpen)
      // Thirty-two wait for their five seconds; then there is room.
      let clock = ContinuousClock()
      let start = clock.now
      var answer = ""
      while !answer.hasPrefix("HTTP/1.1 200"), start.duration(to: clock.now) < .seconds(60) {
        answer = (try? await get(port, path)) ?? ""
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(answer.hasPrefix("HTTP/1.1 200"))
      withExtendedLifetime(idle) {}
    }
  }

  @Test(
    "A worker that may connect to the page's port gets nothing without the secret; one that may not dies of it"
  )
  func workers() async throws {
    let watched = try TestHost()
    let page = try HostPage(watched.host)
    let port = try #require(URL(string: page.address)?.port.flatMap { UInt16(exactly: $0) })
    let change: (inout Policy) -> Void = { policy in
      let library = PolicyLibrary(directory: Places.policies)
      if let client = try? library.policy(named: "network-client") { policy = client }
      policy.connections = [ConnectGrant(host: "127.0.0.1", port: port)]
    }
    let request = "GET /snapshot HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
    try await TestHost.with(change) { (test) async throws in
      let probe = try await test.probe().probe
      let answer = try await probe.fetch(port: port, request: request)
      #expect(answer.hasPrefix("HTTP/1.1 403"), "\(answer)")
      #expect(!answer.contains("workers"))
    }
    let (worker, probe) = try await watched.probe()
    await #expect(throws: CallError.self) { try await probe.fetch(port: port, request: request) }
    guard case .forbiddenCall(let call) = await worker.ending().cause else {
      Issue.record("\(await worker.ending())")
      return
    }
    #expect(call.name == "socket")
    await page.close()
    await watched.host.shutDown()
  }
}

extension Socket {
  static func connected(_ port: UInt16) throws -> Socket {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    let socket = Socket(OwnedDescriptor(owning: number))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Ended() }
    return socket
  }
}
