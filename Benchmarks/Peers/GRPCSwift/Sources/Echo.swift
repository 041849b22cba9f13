import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// What the server does: echo, and count a stream. Messages are their bytes, without an encoding, which spares this peer what the others pay.
enum Echo {
  static let unary = MethodDescriptor(fullyQualifiedService: "peer.Echo", method: "Echo")
  static let stream = MethodDescriptor(fullyQualifiedService: "peer.Echo", method: "Note")
  static let message = [UInt8](repeating: 0x78, count: 64)

  static func serve(at path: String) async throws {
    var router = RPCRouter<HTTP2ServerTransport.Posix>()
    router.registerHandler(forMethod: unary, deserializer: Bytes(), serializer: Bytes()) {
      request, _ in
      let request = try await ServerRequest(stream: request)
      return StreamingServerResponse(single: ServerResponse(message: request.message))
    }
    router.registerHandler(forMethod: stream, deserializer: Bytes(), serializer: Bytes()) {
      request, _ in
      var count = 0
      for try await message in request.messages where message.count == Self.message.count {
        count += 1
      }
      return StreamingServerResponse(single: ServerResponse(message: Array("\(count)".utf8)))
    }
    let transport = HTTP2ServerTransport.Posix(
      address: .unixDomainSocket(path: path), transportSecurity: .plaintext)
    try await GRPCServer(transport: transport, router: router).serve()
  }
}

struct Bytes: MessageSerializer, MessageDeserializer {
  func serialize<Wire: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Wire { Wire(message) }

  func deserialize<Wire: GRPCContiguousBytes>(_ bytes: Wire) throws -> [UInt8] {
    bytes.withUnsafeBytes { Array($0) }
  }
}
