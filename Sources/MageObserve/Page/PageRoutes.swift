/// Which request gets what.
struct PageRoutes {
  enum Answer: Equatable {
    case now(PageResponse)
    /// The host is asked first.
    case snapshot
  }

  /// The first part of every path; whoever does not know it gets nothing.
  let token: String
  let port: UInt16

  /// The names by which a browser may call this page. Any other is a stranger's name that was made to resolve to this machine (DNS rebinding).
  private var hosts: [String] { ["127.0.0.1:\(port)", "localhost:\(port)"] }

  func answer(_ request: PageRequest) -> Answer {
    guard hosts.contains(request.host.lowercased()) else { return .now(.refusal(421)) }
    let prefix = "/\(token)/"
    guard Self.isSame(request.path.prefix(prefix.count), prefix) else { return .now(.refusal(403)) }
    switch request.path.dropFirst(prefix.count) {
    case "":
      return .now(PageResponse(status: 200, type: "text/html; charset=utf-8", body: PageText.html))
    case "page.js":
      return .now(
        PageResponse(status: 200, type: "text/javascript; charset=utf-8", body: PageText.script))
    case "page.css":
      return .now(PageResponse(status: 200, type: "text/css; charset=utf-8", body: PageText.style))
    case "snapshot": return .snapshot
    default: return .now(.refusal(404))
    }
  }

  /// Compares in a time that says nothing about where two texts differ.
  private static func isSame(_ given: Substring, _ wanted: String) -> Bool {
    let given = Array(given.utf8)
    let wanted = Array(wanted.utf8)
    guard given.count == wanted.count else { return false }
    return zip(given, wanted).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
