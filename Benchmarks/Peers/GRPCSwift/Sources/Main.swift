import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc

/// `peer-grpc-swift (roundtrip|oneway) COUNT`: prints nanoseconds, as the other peers do. It starts itself as the server.
@main struct Peer {
  static func main() async throws {
    let words = CommandLine.arguments
    switch words.count > 2 ? words[1] : "" {
    case "serve": try await Echo.serve(at: words[2])
    case "roundtrip": print(try await measure { try await roundTrips($0, Int(words[2]) ?? 0) })
    case "oneway": print(try await measure { try await oneWays($0, Int(words[2]) ?? 0) })
    default:
      print("usage: peer-grpc-swift (roundtrip|oneway) COUNT")
      exit(64)
    }
  }

  typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

  private static func measure(_ body: @Sendable (Client) async throws -> UInt64) async throws
    -> UInt64
  {
    let path = "/tmp/peer-grpc-swift-\(getpid())"
    let server = try start(path)
    defer {
      kill(server, SIGKILL)
      waitpid(server, nil, 0)
      unlink(path)
    }
    // Its socket is there when it listens.
    while access(path, F_OK) != 0 { usleep(1000) }
    let transport = try HTTP2ClientTransport.Posix(
      target: .unixDomainSocket(path: path), transportSecurity: .plaintext)
    return try await withGRPCClient(transport: transport) { try await body($0) }
  }

  private static func start(_ path: String) throws -> pid_t {
    let texts = ["peer-grpc-swift", "serve", path]
    var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    guard posix_spawn(&pid, "/proc/self/exe", nil, nil, &words, environ) == 0 else {
      throw NotStarted()
    }
    return pid
  }

  private struct NotStarted: Error {}

  /// The median of `count` calls after a warm-up.
  private static func roundTrips(_ client: Client, _ count: Int) async throws -> UInt64 {
    var values: [UInt64] = []
    for index in 0..<(count + count / 10) {
      let start = now()
      let bytes = try await client.unary(
        request: ClientRequest(message: Echo.message), descriptor: Echo.unary, serializer: Bytes(),
        deserializer: Bytes(), options: .defaults
      ) { try $0.message }
      guard bytes.count == Echo.message.count else { throw NotStarted() }
      if index >= count / 10 { values.append(now() - start) }
    }
    values.sort()
    return values.isEmpty ? 0 : values[values.count / 2]
  }

  /// One client stream; its reply says how many messages came.
  private static func oneWays(_ client: Client, _ count: Int) async throws -> UInt64 {
    var time: UInt64 = 0
    for count in [max(count / 10, 1), count] {
      let start = now()
      let taken = try await client.clientStreaming(
        request: StreamingClientRequest { writer in
          for _ in 0..<count { try await writer.write(Echo.message) }
        }, descriptor: Echo.stream, serializer: Bytes(), deserializer: Bytes(), options: .defaults
      ) { try $0.message }
      guard String(decoding: taken, as: UTF8.self) == "\(count)" else { throw NotStarted() }
      time = now() - start
    }
    return time
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
