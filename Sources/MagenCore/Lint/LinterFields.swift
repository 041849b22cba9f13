extension Linter {
  /// Fields that travel together.
  mutating func lint(_ fields: [FieldModel], _ context: LintContext, isUnion: Bool = false) {
    for field in fields {
      let inner = context.within(field.allowances)
      checkIdentity(field, inner)
      checkText(field, inner)
      checkNumber(field, inner)
      checkType(field, inner)
    }
    guard !isUnion else { return }
    checkTogether(fields, context)
  }

  // MARK: One field

  private mutating func checkIdentity(_ field: FieldModel, _ context: LintContext) {
    guard context.isFromWorker else { return }
    let words = Words(field.name)
    let claims: Set<String> = ["sender", "caller", "pid", "uid", "whoami", "identity"]
    let senders: Set<String> = ["worker", "process", "user", "client", "renderer", "peer"]
    if words.contains(claims) || words.last == "id" && words.contains(senders) {
      find(
        5, "'\(field.name)' says who sends it", at: field.span, context,
        hint: "the handler knows by the pipe; what a message says, anybody can say")
    }
    if words.contains(["origin", "principal", "site"]), field.type.kind == .string {
      find(6, "'\(field.name)' claims an identity", at: field.span, context)
    }
  }

  private mutating func checkText(_ field: FieldModel, _ context: LintContext) {
    let words = Words(field.name)
    let isBytes = field.type.isBytes
    guard field.type.kind == .string || isBytes else { return }
    if words.contains(["json", "xml", "proto", "protobuf", "serialized", "pickle", "plist", "yaml"])
    {
      find(
        16, "'\(field.name)' is a format of its own", at: field.span, context,
        hint: "write it as structs: they are checked before a handler sees them")
    }
    guard field.type.kind == .string else { return }
    if context.isFromWorker, words.contains(["name", "filename", "basename"]),
      field.type.maxLength == nil
    {
      find(
        7, "'\(field.name)' may be of any length", at: field.span, context, hint: "[MaxLength=64]")
    }
    if words.contains(["path", "file", "filename", "directory", "dir", "folder"]) {
      find(
        8, "'\(field.name)' names a file", at: field.span, context,
        hint: "open it where that is allowed and pass handle<platform>")
    }
    if words.contains([
      "url", "uri", "origin", "token", "time", "date", "timestamp", "uuid", "guid",
    ]) {
      find(
        15, "'\(field.name)' is more than a string", at: field.span, context,
        hint: "make it a struct of its own: one place checks it")
    }
  }

  private mutating func checkNumber(_ field: FieldModel, _ context: LintContext) {
    guard case .number(let kind) = field.type.kind, !kind.isFloating else { return }
    let words = Words(field.name)
    let isSize = words.contains([
      "size", "count", "length", "index", "width", "height", "offset", "capacity", "bytes",
    ])
    if isSize, kind.isSigned, field.type.range == nil {
      find(
        13, "'\(field.name)' can be negative", at: field.span, context, hint: "u\(kind.rawValue)")
    }
    if words.contains(["flags", "mask", "bitmask", "bits", "bitfield"]) {
      find(
        20, "'\(field.name)' is a bit field", at: field.span, context,
        hint: "a struct of bools takes no more bytes, and says what each is")
    }
    if words.contains(["ptr", "pointer", "address", "addr"]) {
      find(16, "'\(field.name)' looks like an address", at: field.span, context)
    }
    if words.contains(["time", "timestamp", "date", "deadline"]) {
      find(
        15, "'\(field.name)' is more than a number", at: field.span, context,
        hint: "make it a struct of its own that names unit and clock")
    }
    if context.isFromWorker, words.contains(["offset", "stride"]), field.type.range == nil {
      find(
        12, "'\(field.name)' will be added to something", at: field.span, context,
        hint: "[Range=…], so that no sum can overflow")
    }
    if context.isFromWorker, field.isID {
      find(
        26, "'\(field.name)' can be guessed", at: field.span, context,
        hint: "look it up in what belongs to this pipe alone; better, send a pipe for the object")
    }
    if field.type.range == nil, field.documentation.contains(where: Self.statesLimit) {
      find(
        25, "the limit of '\(field.name)' is in a comment", at: field.span, context,
        hint: "[Range=…] has it checked before any handler runs")
    }
  }

  private static func statesLimit(_ text: String) -> Bool {
    let words = Words(prose: text)
    return words.hasPair(["at", "most"]) || words.hasPair(["less", "than"])
      || words.contains(["between"])
      || words.hasPair(["must", "be"]) || words.hasPair(["at", "least"])
  }

  private mutating func checkType(_ field: FieldModel, _ context: LintContext) {
    let words = Words(field.name)
    if words.contains(["unused", "reserved", "dummy", "padding", "placeholder"]) {
      find(22, "'\(field.name)' looks unused", at: field.span, context, hint: "remove it")
    }
    switch field.type.kind {
    case .handle(.any):
      find(
        15, "'\(field.name)' may be a handle of anything", at: field.span, context,
        hint: "handle<platform>, handle<shared_buffer>")
    case .handle(.messagePipe):
      find(
        40, "'\(field.name)' is a pipe for any interface", at: field.span, context,
        hint: "pending_remote<T> or pending_receiver<T>")
    case .array(let element, let count?) where count <= 4 && element.isScalar:
      find(
        19, "'\(field.name)' has a fixed shape", at: field.span, context,
        hint: "a struct names what each of the \(count) is")
    case .number where field.type.isCharacter:
      find(
        13, "'char' does not say what it holds", at: field.span, context, hint: "uint8, or string")
    default: break
    }
  }

  // MARK: Fields together

  private mutating func checkTogether(_ fields: [FieldModel], _ context: LintContext) {
    let nullable = fields.filter(\.type.isNullable)
    let verdicts = fields.filter { field in
      let words = Words(field.name)
      let says = words.contains(["ok", "success", "succeeded", "valid"]) || words.first == "has"
      return field.type.kind == .bool && says
    }
    if let verdict = verdicts.first, !nullable.isEmpty {
      find(
        17, "'\(verdict.name)' decides whether '\(nullable[0].name)' is valid", at: verdict.span,
        context.within(verdict.allowances), hint: "a union, or => result<T, E>")
    }
    if let field = nullable.dropFirst(3).first(where: { $0.minVersion == 0 }) {
      find(
        18,
        "\(nullable.count) fields may be null: that is \(1 << min(nullable.count, 16)) kinds of value",
        at: field.span, context.within(field.allowances),
        hint: "a union of the kinds that make sense")
    }
    let arrays = fields.filter { field in
      if case .array(let element, nil) = field.type.kind {
        return !field.type.isBytes && element.isScalar || element.kind == .string
      }
      return false
    }
    if arrays.count > 1 {
      find(
        19, "'\(arrays[0].name)' and '\(arrays[1].name)' look parallel", at: arrays[1].span,
        context.within(arrays[1].allowances), hint: "one array of structs cannot differ in length")
    }
    let memory = fields.contains { $0.type.kind == .handle(.sharedBuffer) }
    for field in fields where memory && context.isFromWorker {
      guard case .number = field.type.kind,
        Words(field.name).contains(["size", "length", "offset", "count", "capacity"])
      else { continue }
      find(
        32, "'\(field.name)' is not what shared memory has", at: field.span,
        context.within(field.allowances),
        hint: "ask the kernel for the region's size, and compare before use")
    }
  }
}

extension FieldModel {
  /// `id`, `tab_id`, `window_index`: a number that names an object.
  var isID: Bool {
    guard case .number(let kind) = type.kind, !kind.isFloating else { return false }
    return Words(name).last.map { ["id", "handle", "key"].contains($0) } ?? false
  }
}

extension TypeModel {
  var isBytes: Bool {
    if case .array(let element, _) = kind { return element.kind == .number(.uint8) }
    return false
  }
}
