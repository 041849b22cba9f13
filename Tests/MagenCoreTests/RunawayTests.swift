import MagenCore
import Testing

/// Files that nobody writes by accident: each is refused or taken, in time and without falling over.
@Suite("No file makes the compiler crash or run away", .timeLimit(.minutes(10)))
struct RunawayTests {
  static let hostile: [String: String] = {
    func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    return [
      "braces": many("{", 100_000), "closing braces": many("}", 100_000),
      "interfaces": many("interface A {", 100_000), "structs": many("struct A {", 100_000),
      "types": "struct A { " + many("array<", 100_000), "attributes": many("[", 100_000),
      "parentheses": "interface A { M(" + many("(", 100_000), "quotes": many("\"", 100_000),
      "comments": many("/*", 100_000), "signs": "const int32 A = " + many("-", 100_000) + "1;",
      "dots": "struct A { " + many("a.", 100_000) + "b c; };",
      "NUL bytes": "interface A {\0 M(\0int a); };" + many("\0", 100_000),
      "semicolons": many(";", 1 << 20), "one name": many("a", 1 << 20),
      "fields": "struct A {" + many("int32 a;", 100_000) + "};",
      "chain of constants": (0..<20_000).map { "const int32 C\($0) = C\($0 + 1);" }.joined(),
      "unknown types": (0..<20_000).map { "struct S\($0) { X\($0) a; };" }.joined(),
      "members": "enum E {" + (0..<100_000).map { "A\($0)," }.joined() + "};",
    ]
  }()

  @Test("hostile texts are refused with few words", arguments: hostile.keys.sorted())
  func refuses(_ name: String) throws {
    let text = try #require(Self.hostile[name])
    let outcome = check(text)
    #expect(outcome.diagnostics.hasErrors)
    #expect(outcome.diagnostics.list.count <= 20)
    #expect(outcome.rendered.utf8.count < 20_000)
    _ = Formatter.format(SourceFile(path: "a.magen", text: text))
  }

  @Test("a chain of ten thousand structs that hold each other is no recursion")
  func chain() throws {
    let count = 10_000
    let text =
      (0..<count).map { "struct S\($0) { S\($0 + 1)? a; };\n" }.joined()
      + "struct S\(count) { S0? a; handle<platform> b; };"
    let outcome = check(text)
    let program = try #require(outcome.program, "\(outcome.rendered)")
    #expect(Generator(program).generate(0).contains("@usableFromInline var aStorage: [S0]"))
  }

  @Test("files of 10 MiB are read to their end")
  func large() {
    let comment = String(repeating: "// nothing\n", count: 950_000)
    #expect(check(comment + "struct A {};").messages == [])
    #expect(check(comment + comment).messages == ["the file is larger than 16 MiB"])
  }

  @Test("imports that run in circles, and chains without end, are refused")
  func cycles() {
    let circle = MemoryFiles([
      "a.magen": "import \"b.magen\";", "b.magen": "import \"a.magen\";",
      "self.magen": "import \"./self.magen\";",
    ])
    #expect(
      Checker.check(["a.magen"], reader: circle).messages == [
        "the imports run in a circle: a.magen, b.magen, a.magen"
      ])
    #expect(Checker.check(["self.magen"], reader: circle).diagnostics.hasErrors)
    let chain = MemoryFiles(
      Dictionary(
        uniqueKeysWithValues: (0..<5_000).map { ("f\($0).magen", "import \"f\($0 + 1).magen\";") }))
    #expect(Checker.check(["f0.magen"], reader: chain).messages == ["too many imports"])
  }

  @Test("bytes by chance never stop it", arguments: 0..<200 as Range<UInt64>)
  func chance(_ seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ limit: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(limit))
    }
    // Pieces of the language, and between them what is not.
    let words = [
      "interface", "struct", "union", "enum", "const", "A", "B", "int32", "string", "{", "}", "(",
      ")",
      "[", "]", "<", ">", ";", ",", "=", "=>", "?", "@", "1", "-", "..", "\"", "//", "/*", "*/",
      "\n",
      "array", "map", "MaxLength", "import", "module", ".", "\0", "é", "result", "handle", "0x",
    ]
    let text = (0..<next(400)).map { _ in words[next(words.count)] }.joined(
      separator: next(2) == 0 ? " " : "")
    let outcome = check(text)
    _ = outcome.rendered
    if let program = outcome.program { _ = Generator(program).generate(0) }
    _ = Formatter.format(SourceFile(path: "a.magen", text: text))
  }

  @Test("every beginning of a good file is refused or taken")
  func truncations() throws {
    let bytes = try #require(Files().read("\(testFolder)/Interfaces/gallery.magen"))
    for count in stride(from: 0, to: bytes.count, by: 7) {
      let files = MemoryFiles(["a.magen": String(decoding: bytes[..<count], as: UTF8.self)])
      _ = Checker.check(["a.magen"], reader: files).rendered
    }
  }
}
