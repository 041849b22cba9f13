/// Reads one file of the policy language into ``Syntax``. What names mean, and whether they exist, is ``Resolver``'s matter.
///
/// The grammar, in EBNF. `NAME`, `NUMBER` and `STRING` are tokens (``Token``); `#` comments; white space only separates.
/// Sections come in any order, each at most once except `include`, `syscalls` and `test`; so do the keys inside a section, except
/// `ro`, `rw`, `tmp`, `dev`, `broker`, `connect` and `on`.
///
///     file        = ( "policy" | "group" ) NAME "version" NUMBER { section } ;
///     section     = "describe" STRING
///                 | "include" STRING [ "version" NUMBER ]
///                 | "syscalls" ( "startup" | "serve" ) "{" { rule } "}"
///                 | "require" "level" ( "full" | "landlock" "+" "seccomp" )  (* from here on: in a policy only *)
///                 | "fds" "{" { grant } "}"
///                 | "namespaces" "{" { kind | "net" ( "shared-empty" | "own" ) } "}"
///                 | "identity" "{" { "uid" NUMBER | "gid" NUMBER | "capabilities" "none" | "no-new-privs" } "}"
///                 | "filesystem" "{" { file-entry } "}"
///                 | "limits" "{" { limit } "}"
///                 | "network" "{" { "connect" STRING "port" NUMBER } "}"
///                 | "ipc" "{" { quota } "}"
///                 | "templates" "refused"
///                 | "on" "violation" "{" { "kill" | "report" "call" | "restart" "never" } "}"
///                 | "test" STRING "in" ( "startup" | "serve" ) "{" { expectation } "}" ;
///     grant       = NUMBER [ ".." NUMBER ] ( "null" | "output" ) | NUMBER ( "input" | "channel" NAME | memory ) ;
///     memory      = "memory" NAME "max" size "sealed" "(" "shrink" "," "grow" ")" ;
///     kind        = "user" | "pid" | "mount" | "ipc" | "uts" | "cgroup" ;
///     file-entry  = "root" "empty" | "proc" ( "none" | "minimal" ) | ( "ro" | "rw" ) STRING | "tmp" STRING "size" size [ "noexec" ]
///                 | "dev" device { device }
///                 | "broker" ( "read" | "write" ) STRING [ "max-open" NUMBER ] [ "no-symlinks" ] ;
///     device      = "null" | "zero" | "full" | "random" | "urandom" ;
///     limit       = "memory" size | "cpu" duration | "wall" duration [ "per" "request" ] | "output" size
///                 | "processes" NUMBER | "threads" NUMBER | "open-files" NUMBER | "core" "none" | "locked-memory" size
///                 | "broker-rate" NUMBER "/" "s" ;
///     quota       = "max-message" size | "max-fds-per-message" NUMBER | "rate" NUMBER "/" "s" | "burst" NUMBER
///                 | "inflight" NUMBER | "handles" NUMBER | "queue-bytes" size | "max-payload" size | "pool-bytes" size
///                 | "transport" ( "socket" | "ring" )
///                 | "on" ( "malformed" | "quota" ) "kill" | "grace" "0" ;
///     size        = NUMBER [ "KiB" | "MiB" | "GiB" ] ;                    (* the unit touches the number *)
///     duration    = NUMBER ( "min" | "s" | "ms" | "us" | "ns" ) ;
///
///     rule        = "allow" calls [ condition ] [ "once" ]
///                 | "allow" "dangerous" calls [ condition ] [ "once" ] "because" STRING
///                 | ( "deny" | "broker" ) calls [ condition ]
///                 | "errno" NAME calls [ condition ]
///                 | "fake" calls "=" [ "-" ] NUMBER [ condition ] ;
///     calls       = call { call } | "{" call { call } "}" ;
///     call        = [ "?" ] NAME ;                                        (* with "?", one that may be unknown *)
///     condition   = "when" or | "unless" or ;                             (* unless x: when not x *)
///     or          = and { "or" and } ;
///     and         = not { "and" not } ;
///     not         = "not" not | "(" or ")" | comparison ;
///     comparison  = NAME [ "&" value ] ( "==" value | "!=" value | "has" value | "in" "{" value { "," value } "}" ) ;
///     value       = term { "|" term } ;
///     term        = NAME | [ "-" ] NUMBER | NUMBER "<<" NUMBER ;          (* a constant, fd.CHANNEL or self *)
///
///     expectation = ( "allows" | "kills" | "brokers" | "fakes" | "errno" NAME ) { expected } ;
///     expected    = [ "abi" ( "i386" | "x32" ) ] ( NAME [ "(" NAME ":" value { "," NAME ":" value } ")" ] | "nr" "(" NUMBER ")" ) ;
struct Parser {
  private let tokens: [Located<Token>]
  private var index = 0
  var syntax: Syntax
  /// In the condition that is being read.
  var comparisons = 0

  static func parse(_ text: String, file: String) throws(PolicyError) -> Syntax {
    guard text.utf8.count <= sizeLimit else {
      let start = SourcePosition(file: file, line: 1, column: 1)
      throw PolicyError(start, "larger than \(sizeLimit >> 20) MiB; a policy is a page")
    }
    var parser = Parser(tokens: try Lexer.tokens(text, file: file))
    try parser.parseHeader()
    try parser.parseSections()
    return parser.syntax
  }

  /// Of a text that came from nowhere in particular. Files are smaller yet (``PolicyFile``); what JSON says at length fits.
  private static let sizeLimit = 1 << 20

  private init(tokens: [Located<Token>]) {
    self.tokens = tokens
    let start = SourcePosition(file: "", line: 0, column: 0)
    syntax = Syntax(kind: .policy, name: Located(value: "", position: start), version: 1)
  }

  private mutating func parseHeader() throws(PolicyError) {
    let kind = try word("'policy' or 'group'")
    switch kind.value {
    case "policy": syntax.kind = .policy
    case "group": syntax.kind = .group
    default: throw PolicyError(kind.position, "expected 'policy' or 'group', found '\(kind.value)'")
    }
    syntax.name = try word("a name")
    try keyword("version")
    syntax.version = Int(try number("a version", in: 1...1_000_000))
  }

  private mutating func parseSections() throws(PolicyError) {
    var seen: Set<String> = []
    while current.value != .end {
      let key = try word("a section")
      let repeats = ["include", "syscalls", "test"].contains(key.value)
      guard repeats || seen.insert(key.value).inserted else {
        throw PolicyError(key.position, "'\(key.value)' is given twice")
      }
      try parseSection(key)
    }
  }

  private static let sections = [
    "describe", "include", "syscalls", "require", "fds", "namespaces", "identity", "filesystem",
    "limits", "ipc", "network", "templates", "on", "test",
  ]

  private mutating func parseSection(_ key: Located<String>) throws(PolicyError) {
    guard let place = Self.sections.firstIndex(of: key.value) else {
      throw .unknown("section", key, among: Self.sections)
    }
    if syntax.kind == .group, place > 2 {
      throw PolicyError(key.position, "'\(key.value)' belongs in a policy, not in a group")
    }
    switch key.value {
    case "describe": syntax.summary = try string("a description").value
    case "include": try parseInclude()
    case "syscalls": try parseRules()
    case "require": try parseRequirement()
    case "fds": try parseDescriptors()
    case "namespaces": try parseNamespaces(key.position)
    case "identity": try parseIdentity(key.position)
    case "filesystem": try parseFileSystem(key.position)
    case "limits": try parseLimits(key.position)
    case "ipc": try parseQuota(key.position)
    case "network": try parseNetwork(key.position)
    case "templates":
      try keyword("refused")
      syntax.allowsTemplates = false
    case "on": try parseReaction()
    default: try parseTest()
    }
  }

  private mutating func parseInclude() throws(PolicyError) {
    let path = try string("the name of a file")
    var version: Located<UInt64>?
    if takeWord("version") {
      let position = current.position
      version = Located(value: try number("a version", in: 1...1_000_000), position: position)
    }
    syntax.includes.append(Syntax.Include(path: path, version: version))
  }

  private mutating func parseRequirement() throws(PolicyError) {
    try keyword("level")
    var level = try word("a level")
    if take(.plus) { level.value += "+" + (try word("a mechanism").value) }
    guard let known = IsolationLevel(rawValue: level.value) else {
      throw .unknown("level", level, among: ["full", "landlock+seccomp"])
    }
    syntax.requirement = Located(value: known, position: level.position)
  }
}

// MARK: - Tokens

extension Parser {
  /// The token that is looked at. The list ends with `.end`, which is never passed.
  var current: Located<Token> { tokens[min(index, tokens.count - 1)] }

  mutating func advance() { index = min(index + 1, tokens.count - 1) }

  func expected(_ what: String) -> PolicyError {
    PolicyError(current.position, "expected \(what), found \(current.value.description)")
  }

  mutating func word(_ what: String) throws(PolicyError) -> Located<String> {
    guard case .word(let word) = current.value else { throw expected(what) }
    let position = current.position
    advance()
    return Located(value: word, position: position)
  }

  mutating func string(_ what: String) throws(PolicyError) -> Located<String> {
    guard case .string(let text) = current.value else { throw expected("\(what) in quotes") }
    let position = current.position
    advance()
    return Located(value: text, position: position)
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard current.value == .word(word) else { return false }
    advance()
    return true
  }

  mutating func take(_ symbol: Token.Symbol) -> Bool {
    guard current.value == .symbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func keyword(_ word: String) throws(PolicyError) {
    guard takeWord(word) else { throw expected("'\(word)'") }
  }

  mutating func symbol(_ symbol: Token.Symbol) throws(PolicyError) {
    guard take(symbol) else { throw expected("'\(symbol.rawValue)'") }
  }

  /// A number without a unit.
  mutating func number(
    _ what: String, in range: ClosedRange<UInt64>
  ) throws(PolicyError) -> UInt64 {
    guard case .number(let value, let unit) = current.value, unit.isEmpty else {
      throw expected(what)
    }
    guard range.contains(value) else {
      throw PolicyError(
        current.position, "\(what) is \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    advance()
    return value
  }

  mutating func count(_ what: String) throws(PolicyError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(what, in: 0...UInt64(UInt32.max)))
  }

  mutating func positiveCount(_ what: String) throws(PolicyError) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(what, in: 1...UInt64(UInt32.max)))
  }

  /// A block of entries that each start with a key.
  mutating func block(
    keys: [String], repeatable: Set<String> = [],
    _ entry: (inout Parser, Located<String>) throws(PolicyError) -> Void
  ) throws(PolicyError) {
    var seen: Set<String> = []
    try symbol(.open)
    while !take(.close) {
      let key = try word("a key or '}'")
      guard keys.contains(key.value) else { throw .unknown("key", key, among: keys) }
      guard repeatable.contains(key.value) || seen.insert(key.value).inserted else {
        throw PolicyError(key.position, "'\(key.value)' is given twice")
      }
      try entry(&self, key)
    }
  }
}
