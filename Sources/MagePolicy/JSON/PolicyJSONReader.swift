/// Turns the JSON form of a policy into text, which ``PolicyParser`` then reads: what a policy may say is decided in one place.
///
/// So a mistake in a rule is reported at a line of the text that ``Policy/description`` would give.
struct PolicyJSONReader {
  /// A member that is missing, of another kind, or unknown.
  struct Mistake: Error {
    let message: String
  }

  private let root: JSONValue
  private var lines: [String] = []

  static func text(of json: JSONValue) throws(Mistake) -> String {
    var reader = PolicyJSONReader(root: json)
    try reader.read()
    return reader.lines.joined(separator: "\n") + "\n"
  }

  private init(root: JSONValue) { self.root = root }

  private static let keys = [
    "policy", "version", "describe", "require", "fds", "namespaces", "identity", "filesystem",
    "network", "limits", "ipc", "startup", "serve", "tests", "templates",
  ]

  private mutating func read() throws(Mistake) {
    let root = try JSONMembers(root, "the policy", keys: Self.keys)
    lines.append("policy \(try root.word("policy")) version \(try root.number("version"))")
    if let text = try root.optionalString("describe") {
      lines.append("describe \(PolicyPrinter.quoted(text))")
    }
    if let level = try root.optionalString("require") {
      let mechanisms = try level.split(separator: "+", omittingEmptySubsequences: false).map {
        (word) throws(Mistake) in try JSONMembers.checked(String(word))
      }
      lines.append("require level \(mechanisms.joined(separator: "+"))")
    }
    if root.has("templates") { lines.append("templates \(try root.word("templates"))") }
    try section("fds", root.array("fds"), Self.descriptor)
    try namespaces(root.members("namespaces", keys: ["kinds", "network"]))
    try identity(root.members("identity", keys: ["uid", "gid"]))
    try fileSystem(
      root.members("filesystem", keys: ["proc", "ro", "rw", "tmp", "dev", "broker"]))
    if root.has("network") { try section("network", root.array("network"), Self.connection) }
    try limits(root)
    try quota(root)
    try section("syscalls startup", root.array("startup"), Self.rule)
    try section("syscalls serve", root.array("serve"), Self.rule)
    for test in root.has("tests") ? try root.array("tests") : [] { try self.test(test) }
  }

  private mutating func section(
    _ name: String, _ values: [JSONValue], _ entry: (JSONValue) throws(Mistake) -> String
  ) throws(Mistake) {
    lines.append("\(name) {")
    for value in values { lines.append("    \(try entry(value))") }
    lines.append("}")
  }

  private static func descriptor(_ json: JSONValue) throws(Mistake) -> String {
    let grant = try JSONMembers(
      json, "a descriptor", keys: ["first", "last", "kind", "name", "max"])
    let (first, last) = (try grant.number("first"), try grant.number("last"))
    let range = first == last ? "\(first)" : "\(first)..\(last)"
    let name = grant.has("name") ? " \(try grant.word("name"))" : ""
    let size = grant.has("max") ? " max \(try grant.number("max")) sealed(shrink, grow)" : ""
    return "\(range) \(try grant.word("kind"))\(name)\(size)"
  }

  private mutating func namespaces(_ json: JSONMembers) throws(Mistake) {
    let network = try json.word("network")
    let kinds = try json.strings("kinds").map { (kind) throws(Mistake) in
      kind == "net" ? "net \(network)" : try JSONMembers.checked(kind)
    }
    lines.append("namespaces { \(kinds.joined(separator: " ")) }")
  }

  private mutating func identity(_ json: JSONMembers) throws(Mistake) {
    let ids = "uid \(try json.number("uid")) gid \(try json.number("gid"))"
    lines.append("identity { \(ids) capabilities none no-new-privs }")
  }

  private mutating func fileSystem(_ json: JSONMembers) throws(Mistake) {
    lines.append("filesystem {")
    if json.has("proc") { lines.append("proc \(try json.word("proc"))") }
    for key in ["ro", "rw"] {
      for path in try json.strings(key) { lines.append("\(key) \(PolicyPrinter.quoted(path))") }
    }
    for value in try json.array("tmp") {
      let directory = try JSONMembers(
        value, "a temporary directory", keys: ["path", "size", "noexec"])
      let path = PolicyPrinter.quoted(try directory.string("path"))
      let noexec = try directory.bool("noexec") ? " noexec" : ""
      lines.append("tmp \(path) size \(try directory.number("size"))\(noexec)")
    }
    let devices = try json.strings("dev").map(JSONMembers.checked)
    if !devices.isEmpty { lines.append("dev \(devices.joined(separator: " "))") }
    for value in try json.array("broker") {
      let grant = try JSONMembers(
        value, "a brokered grant", keys: ["access", "directory", "pattern", "maxOpen"])
      let path = "\(try grant.string("directory"))/\(try grant.string("pattern"))"
      lines.append(
        "broker \(try grant.word("access")) \(PolicyPrinter.quoted(path)) max-open \(try grant.number("maxOpen"))"
      )
    }
    lines.append("}")
  }

  private static func connection(_ json: JSONValue) throws(Mistake) -> String {
    let grant = try JSONMembers(json, "a connection", keys: ["host", "port"])
    let host = PolicyPrinter.quoted(try grant.string("host"))
    return "connect \(host) port \(try grant.number("port"))"
  }

  private mutating func limits(_ root: JSONMembers) throws(Mistake) {
    let numbers = [
      ("memory", "memory"), ("output", "output"), ("processes", "processes"),
      ("threads", "threads"), ("openFiles", "open-files"), ("lockedMemory", "locked-memory"),
    ]
    let times = [
      ("cpu", "cpu", ""), ("wall", "wall", ""), ("wallPerRequest", "wall", " per request"),
    ]
    let json = try root.members(
      "limits", keys: numbers.map(\.0) + times.map(\.0) + ["brokerRate"])
    lines.append("limits {")
    if json.has("brokerRate") { lines.append("broker-rate \(try json.number("brokerRate"))/s") }
    for (key, word) in numbers where json.has(key) {
      lines.append("\(word) \(try json.number(key))")
    }
    for (key, word, tail) in times where json.has(key) {
      lines.append("\(word) \(try json.word(key))\(tail)")
    }
    lines.append("}")
  }

  private mutating func quota(_ root: JSONMembers) throws(Mistake) {
    let numbers = [
      ("maxMessage", "max-message"), ("maxFDsPerMessage", "max-fds-per-message"),
      ("burst", "burst"), ("inflight", "inflight"), ("handles", "handles"),
      ("queueBytes", "queue-bytes"), ("maxPayload", "max-payload"), ("poolBytes", "pool-bytes"),
    ]
    let json = try root.members("ipc", keys: numbers.map(\.0) + ["rate", "transport"])
    lines.append("ipc {")
    if json.has("transport") { lines.append("transport \(try json.word("transport"))") }
    if json.has("rate") { lines.append("rate \(try json.number("rate"))/s") }
    for (key, word) in numbers where json.has(key) {
      lines.append("\(word) \(try json.number(key))")
    }
    lines.append("}")
  }

  private mutating func test(_ json: JSONValue) throws(Mistake) {
    let test = try JSONMembers(json, "a test", keys: ["name", "phase", "expectations"])
    let name = PolicyPrinter.quoted(try test.string("name"))
    lines.append("test \(name) in \(try test.word("phase")) {")
    // An expectation is text of the language itself; a brace or a comment in it would be text of something else.
    for line in try test.strings("expectations") {
      guard !line.contains(where: { "{}#\"\n".contains($0) }) else {
        throw Mistake(message: "an expectation holds '\(line)'")
      }
      lines.append(line)
    }
    lines.append("}")
  }
}
