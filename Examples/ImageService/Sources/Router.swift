internal import DemoInterface
internal import FlyingFox
internal import MageHost

/// From a request to an answer.
struct Router: HTTPHandler {
  let thumbnails: Thumbnails
  let counts: Counts
  let gate: Gate
  let limits: UploadLimits

  func handleRequest(_ request: HTTPRequest) async -> HTTPResponse {
    let body = Body(of: request, limits)
    var (answer, rest) = await answer(to: request, body)
    if rest == .unread { rest = (try? await body.discard()) == nil ? .lost : .read }
    counts.answered(answer.status.code)
    // So that a client, and a log beside the service, can tell which request it was.
    if let id = request.headers[Self.requestID], Self.isSound(id) {
      answer.headers[Self.requestID] = id
    }
    return answer.response(isLast: rest != .read)
  }

  /// Where the connection stands in the body when the answer is known.
  private enum Rest {
    case unread
    case read
    /// Somewhere in it: what comes next on the connection is no request.
    case lost
  }

  private static let requestID = HTTPHeader("X-Request-ID")

  private static func isSound(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
  }

  private func answer(to request: HTTPRequest, _ body: Body) async -> (Answer, Rest) {
    switch (request.path, request.method) {
    case ("/thumbnail", .POST): return await upload(request, body)
    case ("/", .GET): return (.text(.ok, "text/html; charset=utf-8", Form.page), .unread)
    case ("/health", .GET): return (.text(.ok, "text/plain", "ok\n"), .unread)
    case ("/metrics", .GET):
      return (.text(.ok, "text/plain; version=0.0.4", await metrics()), .unread)
    case ("/thumbnail", _): return (Self.notAllowed("POST"), .unread)
    case ("/", _), ("/health", _), ("/metrics", _): return (Self.notAllowed("GET"), .unread)
    default: return (.error(.notFound, "not-found", "there is POST /thumbnail"), .unread)
    }
  }

  private static func notAllowed(_ method: String) -> Answer {
    .error(
      .methodNotAllowed, "method", "only \(method) is answered here",
      headers: [HTTPHeader("Allow"): method])
  }

  private func metrics() async -> String {
    await counts.metrics(
      workers: thumbnails.workers, waiting: thumbnails.waiting, uploads: gate.count)
  }

  // MARK: Uploads

  private func upload(_ request: HTTPRequest, _ body: Body) async -> (Answer, Rest) {
    guard let side = Self.side(in: request) else {
      return (.error(.badRequest, "side", "side is 16 to 512 pixels"), .unread)
    }
    let answer = await gate.enter { () -> (Answer, Rest) in
      do throws(Body.Failure) {
        let bytes = try await body.read()
        return (await thumbnail(of: bytes, side, request), .read)
      } catch {
        return (refusal(error), .lost)
      }
    }
    return answer ?? (Self.busy("as many uploads as there may be are being worked on"), .unread)
  }

  private static func side(in request: HTTPRequest) -> UInt32? {
    let values = request.query.filter { $0.name == "side" }.map(\.value)
    guard let value = values.first else { return 192 }
    guard values.count == 1, let side = UInt32(value), (16...512).contains(side) else { return nil }
    return side
  }

  private func refusal(_ failure: Body.Failure) -> Answer {
    switch failure {
    case .tooLarge:
      .error(.payloadTooLarge, "too-large", "an upload has at most \(limits.bytes) bytes")
    case .tooSlow: .error(.requestTimeout, "too-slow", "the upload took longer than \(limits.time)")
    case .broken: .error(.badRequest, "incomplete", "the upload ended before its length")
    }
  }

  private static func busy(_ why: String) -> Answer {
    .error(.serviceUnavailable, "busy", why, headers: [HTTPHeader("Retry-After"): "1"])
  }

  private func thumbnail(of upload: [UInt8], _ side: UInt32, _ request: HTTPRequest) async -> Answer
  {
    guard !upload.isEmpty else { return .error(.unprocessableContent, "corrupt", "empty file") }
    do {
      switch try await thumbnails.make(from: upload, side: side) {
      case .made(let png, let thumbnail):
        let size = "\(thumbnail.originalWidth)x\(thumbnail.originalHeight)"
        return Answer(
          status: .ok, type: "image/png", headers: [HTTPHeader("X-Image-Size"): size], body: png)
      case .corrupt(let reason): return .error(.unprocessableContent, "corrupt", reason)
      case .busy: return Self.busy("no worker came free in time")
      case .ended(let ending): return ended(ending, upload, request)
      }
    } catch {
      Log.write("an upload could not be handed over: \(error)")
      return Self.busy("no memory for the upload")
    }
  }

  /// The image ended its worker. That is no error of the server's (5xx): proxies would try it again on the next one.
  private func ended(_ ending: Ending, _ upload: [UInt8], _ request: HTTPRequest) -> Answer {
    counts.ended(ending)
    if case .hostGone = ending.cause { return Self.busy("the service shuts down") }
    Log.write("\(upload.count) bytes \(Self.sender(of: request)): \(ending)")
    return .error(
      .unprocessableContent, ending.cause.name, "the image ended the process that decoded it")
  }

  private static func sender(of request: HTTPRequest) -> String {
    switch request.remoteAddress {
    case .ip4(let address, let port): "from \(address):\(port)"
    case .ip6(let address, let port): "from [\(address)]:\(port)"
    case .unix, nil: "from a stranger"
    }
  }
}
