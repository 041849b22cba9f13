internal import FlyingFox
internal import FoundationEssentials

/// What a client is told.
struct Answer {
  let status: HTTPStatusCode
  var type = "application/json"
  var headers: [HTTPHeader: String] = [:]
  let body: [UInt8]

  /// A mistake or a misfortune: `{"detail":"…","error":"WORD"}`.
  static func error(
    _ status: HTTPStatusCode, _ word: String, _ detail: String, headers: [HTTPHeader: String] = [:]
  ) -> Answer {
    struct Words: Encodable {
      let error: String
      let detail: String
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Two strings: there is nothing that cannot be encoded.
    let data = (try? encoder.encode(Words(error: word, detail: detail))) ?? Data()
    return Answer(status: status, headers: headers, body: Array(data) + [UInt8(ascii: "\n")])
  }

  static func text(_ status: HTTPStatusCode, _ type: String, _ text: String) -> Answer {
    Answer(status: status, type: type, body: Array(text.utf8))
  }

  /// - Parameter isLast: whether the connection ends with it.
  func response(isLast: Bool) -> HTTPResponse {
    var all = HTTPHeaders(headers)
    all[.contentType] = type
    // What a stranger made is never run as anything else, whatever a browser thinks it looks like.
    all[HTTPHeader("X-Content-Type-Options")] = "nosniff"
    guard isLast else { return HTTPResponse(statusCode: status, headers: all, body: Data(body)) }
    all[.connection] = "close"
    let last = HTTPBodySequence(from: LastBytes(bytes: body), count: body.count)
    return HTTPResponse(statusCode: status, headers: all, body: last)
  }
}
