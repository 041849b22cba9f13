import MagenCore
import Testing

@Suite("The linter")
struct LintTests {
  private func rules(_ text: String) throws -> [Int] {
    let program = try #require(check(text).program, "\(check(text).rendered)")
    return Linter.lint(program, file: 0).map(\.rule)
  }

  /// A method that a worker may call, with nothing else wrong with it.
  private static func fromWorker(_ parameters: String, reply: String = "()") -> String {
    "/// A.\n[From=worker] interface A {\n/// M.\n M(\(parameters)) => \(reply); }"
  }

  /// For each rule, an interface that breaks it alone, and one that says the same without.
  static let cases: [(rule: Int, bad: String, good: String)] = [
    (5, fromWorker("uint32 worker_id_x, uint32 pid"), fromWorker("uint32 value")),
    (6, fromWorker("string site"), fromWorker("string words")),
    (7, fromWorker("string name"), fromWorker("[MaxLength=64] string name")),
    (8, fromWorker("string path"), fromWorker("handle<platform> file")),
    (
      10, "/// A.\n[From=worker] interface A {\n/// T.\n Terminate() => (); }",
      "/// A.\n[From=host, Sandbox=\"a\"] interface A {\n/// T.\n Terminate() => (); }"
    ),
    (12, fromWorker("uint32 offset"), fromWorker("[Range=0..512] uint32 offset")),
    (13, fromWorker("int32 count"), fromWorker("uint32 count")),
    (15, fromWorker("string url"), fromWorker("string words")),
    (16, fromWorker("string json"), fromWorker("string words")),
    (
      17, fromWorker("uint8 a", reply: "(bool ok, string? text)"),
      fromWorker("uint8 a", reply: "(string? text)")
    ),
    (
      18, fromWorker("string? a, string? b, string? c, string? d"),
      fromWorker("string? a, string? b")
    ),
    (19, fromWorker("array<string> a, array<uint32> b"), fromWorker("array<string> a")),
    (20, fromWorker("uint32 flags"), fromWorker("bool loud")),
    (21, "enum E { kA, kCount };", "enum E { kA, kB };"),
    (22, fromWorker("uint32 reserved"), fromWorker("uint32 used")),
    (23, "struct S { uint32 a; };", "/// S.\nstruct S { uint32 a; };"),
    (
      25, "/// S.\nstruct S {\n // At most 9.\n uint32 a; };",
      "/// S.\nstruct S {\n // At most 9.\n [Range=0..9] uint32 a; };"
    ),
    (26, fromWorker("uint32 tab_id"), fromWorker("uint32 tabs")),
    (
      32, fromWorker("handle<shared_buffer> pixels, uint32 length"),
      fromWorker("handle<shared_buffer> pixels")
    ),
    (
      35, "/// A.\n[From=worker] interface A {\n/// M.\n M(); }",
      "/// A.\n[From=worker] interface A {\n/// M.\n [Rate=5] M(); }"
    ),
    (
      36, "/// A.\n[From=worker] interface A {\n/// M.\n [Sync] M() => (); }",
      "/// A.\n[From=worker] interface A {\n/// M.\n M() => (); }"
    ),
    (40, fromWorker("MessagePipe pipe"), fromWorker("pending_remote<A> pipe")),
    (
      42, "/// A.\n[Sandbox=\"a\"] interface A {\n/// M.\n M() => (); }",
      "/// A.\n[From=host, Sandbox=\"a\"] interface A {\n/// M.\n M() => (); }"
    ),
    (
      43, "/// A.\n[From=host] interface A {\n/// M.\n M() => (); }",
      "/// A.\n[From=host, Sandbox=\"a\"] interface A {\n/// M.\n M() => (); }"
    ),
    (
      49, "/// S.\nstruct S { uint32 a; [MinVersion=1] uint32 b; };",
      "/// S.\nstruct S { uint32 a@0; [MinVersion=1] uint32 b@1; };"
    ),
  ]

  @Test("finds what breaks a rule, and nothing else", arguments: cases)
  func finds(_ rule: Int, _ bad: String, _ good: String) throws {
    #expect(try Set(rules(bad)) == [rule])
    #expect(try rules(good) == [])
  }

  @Test("an id that a reply gave out is no proof when it comes back")
  func returningID() throws {
    let text = """
      /// A.
      [From=worker] interface A {
        /// O.
        Open() => (uint32 door_id);
        /// C.
        Close(uint32 door_id) => ();
      }
      """
    #expect(try Set(rules(text)) == [26, 27])
  }

  @Test("every rule that text can show has a summary and a test")
  func everyRule() {
    let tested = Set(Self.cases.map(\.rule)).union([27, 11])
    #expect(Set(LintRules.summaries.keys) == tested)
  }

  @Test("an exception with a reason silences one rule, for what it stands in front of")
  func exceptions() throws {
    let text = Self.fromWorker(
      "[Allow=\"20 because the bits are the kernel's own\"] uint32 flags, uint32 mask")
    #expect(try rules(text) == [20])
    let whole =
      "[Allow=\"23 because it is an example\"] interface A { [From=host, Allow=\"43 because it is one\"] M() => (); }"
    #expect(try rules(whole) == [43, 43])
  }

  @Test("an exception that nothing needs is a finding")
  func needless() throws {
    #expect(try rules("/// S.\n[Allow=\"20 because of nothing\"] struct S { uint32 a; };") == [20])
  }
}

@Suite("The linter, on Swift")
struct SourceLintTests {
  private func rules(_ text: String) -> [Int] {
    SourceLinter.lint(SourceFile(path: "a.swift", text: text), file: 0).map(\.rule)
  }

  @Test(
    "finds what ends the host, is left out of releases, or traps",
    arguments: [
      ("let a = try! b()", [10]), ("let a = b as! C", [10]), ("let a = b!", [10]),
      ("let a = b[0]!.c", [10]), ("fatalError(\"a\")", [10]), ("precondition(a)", [10]),
      ("assert(a > 0)", [11]), ("let a = UInt8(count)", [12]), ("let a = Int(size * 2)", [12]),
      ("let a = UInt8(exactly: b)", []), ("let a = Int(\"5\")", []), ("let a = !b && a != c", []),
      ("// try! it", []), ("/* a! /* b! */ c! */", []), ("let a = \"no!\"", []),
      ("let a = \"\"\"\n b! \"c\"! \n\"\"\"", []),
    ] as [(String, [Int])])
  func finds(_ text: String, _ expected: [Int]) {
    #expect(rules(text) == expected)
  }

  @Test("an exception stands on the line or above it")
  func exceptions() {
    #expect(rules("// magen: allow 10 because it is set above\nlet a = b!") == [])
    #expect(rules("let a = b! // magen: allow 10 because it is set above") == [])
    #expect(rules("// magen: allow 11 because it is set above\nlet a = b!") == [10])
    #expect(rules("// magen: allow 10\nlet a = b!") == [10])
  }
}
