/// The head of a request, as much of HTTP/1.1 as a page for one reader needs (RFC 9112).
struct PageRequest: Equatable {
  enum Method: Equatable { case get, head }

  let method: Method
  let path: String
  let host: String

  enum Reading: Equatable {
    case more
    case complete(PageRequest)
    /// To be answered with this status.
    case refused(Int)
  }

  /// The longest head, in bytes.
  static let mostBytes = 4096

  /// - Parameter bytes: all that has come, at most ``mostBytes``. Whoever sent them may be anybody.
  static func read(_ bytes: [UInt8]) -> Reading {
    guard let end = endOfHead(bytes) else { return bytes.count < mostBytes ? .more : .refused(431) }
    var lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    let isText = lines.joined().allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
    guard isText, !lines.isEmpty else { return .refused(400) }
    let words = lines.removeFirst().split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0",
      words[1].hasPrefix("/")
    else { return .refused(400) }
    guard let method: Method = words[0] == "GET" ? .get : words[0] == "HEAD" ? .head : nil else {
      return .refused(405)
    }
    return complete(method, words[1], lines)
  }

  private static func complete(
    _ method: Method, _ path: String, _ lines: [ArraySlice<UInt8>]
  ) -> Reading {
    var hosts: [String] = []
    for line in lines {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return .refused(400) }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
      switch name {
      case "host":
        hosts.append(String(value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
      // Nothing is taken from a reader.
      case "transfer-encoding": return .refused(400)
      case "content-length" where value.contains { $0 != "0" && $0 != " " }: return .refused(400)
      default: break
      }
    }
    guard hosts.count == 1 else { return .refused(400) }
    return .complete(PageRequest(method: method, path: path, host: hosts[0]))
  }

  /// Where the empty line begins.
  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    let newline = UInt8(ascii: "\n")
    for (index, byte) in bytes.enumerated() where byte == newline {
      let rest = bytes[(index + 1)...]
      if rest.starts(with: [newline]) || rest.starts(with: [UInt8(ascii: "\r"), newline]) {
        return index
      }
    }
    return nil
  }
}

/// What a request is answered with.
struct PageResponse: Equatable {
  var status: Int
  var type = "text/plain; charset=utf-8"
  var body: String

  static func refusal(_ status: Int) -> PageResponse {
    PageResponse(status: status, body: "\(status) \(reasons[status] ?? "Refused")\n")
  }

  private static let reasons: [Int: String] = [
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    421: "Misdirected Request", 431: "Request Header Fields Too Large",
  ]

  /// - Parameter isHead: whether only the head was asked for.
  func encoded(isHead: Bool) -> [UInt8] {
    let fields = [
      "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Refused")", "Content-Type: \(type)",
      "Content-Length: \(body.utf8.count)", "Connection: close", "Cache-Control: no-store",
      // The page is this origin's alone, runs its own script and nothing else, and is framed by nobody.
      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin",
      "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff",
    ]
    return Array((fields.joined(separator: "\r\n") + "\r\n\r\n" + (isHead ? "" : body)).utf8)
  }
}
