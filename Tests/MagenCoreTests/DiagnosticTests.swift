import MagenCore
import Testing

@Suite("Messages about mistakes")
struct DiagnosticTests {
  @Test("have place, line, caret and hint")
  func rendered() {
    let outcome = check("interface A {\n  Draw(strin name);\n}\n")
    #expect(
      outcome.rendered == """
        a.magen:2:8: error: unknown type 'strin'
          \("  ")Draw(strin name);
          \("  ")     ^~~~~
          hint: did you mean 'string'?

        """)
  }

  @Test("come several in one run, each once")
  func several() {
    let outcome = check(
      """
      struct A { int32 a }
      struct B { int32 a; int32 a; };
      interface C { M(int32); N(int32 x) => ; Good(); };
      enum E { A B };
      struct
      """)
    #expect(
      outcome.messages == [
        "expected ';' after the field 'a', found '}'",
        "expected a name for the parameter, found ')'",
        "expected '(' or 'result<' after '=>', found ';'",
        "expected ',' after the value 'A', found 'B'",
        "expected a declaration, found 'struct'",
      ])
  }

  @Test("point at what is missing where it is missing")
  func missing() {
    let outcome = check("struct A {\n  int32 a\n  int32 b;\n};\n")
    #expect(outcome.messages == ["expected ';' after the field 'a'"])
    #expect(outcome.rendered.hasPrefix("a.magen:2:10:"))
  }

  @Test("show lines that a terminal can take, however they are made")
  func terminal() {
    let outcome = check("struct \u{1B}[31m" + String(repeating: "x", count: 5_000) + " {")
    #expect(!outcome.rendered.contains("\u{1B}"))
    #expect(outcome.rendered.split(separator: "\n").allSatisfy { $0.count < 300 })
  }

  /// Each text and the message that it gets.
  static let mistakes: [(String, String)] = [
    ("struct A { B b; };", "unknown type 'B'"),
    ("interface A { [Idempotent] M(); };", "a method without a reply is never called again"),
    (
      "interface A { [Idempotent, From=worker] M() => (); };",
      "only a host calls again, on another worker"
    ),
    (
      "interface A { [Idempotent] M(array<S?> s) => (); }; interface B {}; struct S { pending_remote<B> b; S? next; };",
      "'s' carries an end of a pipe, which can be sent once"
    ),
    ("interface A {}; struct B { A a; };", "an interface cannot be sent"),
    ("const int32 A = 1; struct B { A a; };", "'A' is a constant and no type"),
    ("struct A {}; struct A {};", "'A' is declared twice"),
    ("struct string {};", "'string' is a type of the language"),
    ("interface A { M(); M(); };", "'M' is declared twice"),
    ("interface A { M@1(); N@1(); };", "the ordinal 1 is that of 'M' already"),
    ("interface A { M@4294967294(); };", "the ordinals from 0xFFFFFFFE are control messages"),
    ("struct A { int32 a@0; int32 b; };", "'b' has no ordinal, others have"),
    ("struct A { int32 a@0; int32 b@0; };", "the ordinal 0 is used twice"),
    ("struct A { int32 a@0; int32 b@2; };", "ordinals run from 0 to 1 without gaps"),
    ("struct A { A a; };", "a value of 'A' would hold another without end"),
    ("struct A { U u; }; union U { A a; A b; };", "a value of 'A' would hold another without end"),
    ("union U {};", "a union needs a member"),
    ("union U { int32? a; };", "numbers, bools and enums in a union cannot be null"),
    ("[Extensible] union U { int32 a; };", "an extensible union needs a default"),
    ("enum E { [Default] A };", "'[Default]' has no use in an enum that is not extensible"),
    ("enum E { A = 3000000000 };", "the value 3000000000 does not fit 32 bits"),
    ("enum E { A, A };", "'A' is declared twice"),
    ("const int32 A = B; const int32 B = A;", "'A' is made of itself"),
    ("const uint8 A = 256;", "the value is not uint8"),
    ("const string A = 1;", "the value is not string"),
    ("const int32? A = 1;", "a constant cannot be null"),
    ("struct A { uint8 a = -1; };", "the value is not uint8"),
    ("struct A { [Range=1..5] uint8 a = 6; };", "the default is outside of the range"),
    (
      "struct A { [MaxLength=1] string a = \"ab\"; };",
      "the default is longer than the field may be"
    ),
    ("struct A { [Range=5..1] uint8 a; };", "the range is empty"),
    ("struct A { [Range=0..256] uint8 a; };", "no uint8 has all the values of the range"),
    ("struct A { [Range=0..1] string a; };", "'Range' has no use for string"),
    ("struct A { [MaxLength=1] uint8 a; };", "'MaxLength' has no use for uint8"),
    (
      "enum E { A = 1 }; struct A { [MinVersion=1] E e; };",
      "an enum in a field of a later version needs a value 0"
    ),
    (
      "[Extensible] enum E { kUnknown };",
      "the name becomes 'unknown' in Swift, which the generated code needs"
    ),
    ("struct A { [View] uint8 a; };", "'View' has no use for uint8"),
    ("struct A { [View] array<string> a; };", "'View' has no use for array<string>"),
    ("struct A { [InPlace] string a; };", "'InPlace' has no use for string"),
    ("struct A { [InPlace] array<uint16> a; };", "'InPlace' has no use for array<uint16>"),
    (
      "struct A { [View, InPlace] array<uint8> a; };",
      "a View is in the message, which nobody can change"
    ),
    ("struct A { [Frozen] string a; };", "only a handle<shared_buffer> can be frozen"),
    ("struct A { [MaxLenght=1] string a; };", "unknown attribute 'MaxLenght'"),
    ("struct A { [From=host] string a; };", "'From' does not belong to a field"),
    ("[From=kitchen] interface A {};", "'From' has the wrong value"),
    ("[From=host, From=host] interface A {};", "'From' is given twice"),
    (
      "[From=host] interface A { [From=worker] M(); };", "the interface is called by the host alone"
    ),
    ("interface A { [Sync] M() => (); };", "only a worker may wait for its host"),
    (
      "[From=worker] interface A { [Sync] M(); };", "a method without a reply cannot be synchronous"
    ),
    ("struct A { map<string?, int32> a; };", "the keys of a map cannot be null"),
    ("struct A { map<array<int32>, int32> a; };", "array<int32> cannot be the key of a map"),
    ("struct A { array<int32, 0> a; };", "a fixed array has 1 to 16777216 elements"),
    ("struct A { handle<door> a; };", "unknown handle 'door'"),
    (
      "struct A { [MinVersion=1] string a; };", "a field of a later version must be able to be null"
    ),
    ("struct A { [MinVersion=2] int32 a; int32 b; };", "'b' is older than the field before it"),
    (
      "interface A { M() => result<int32, string>; };",
      "the error of a result is a struct, a union or an enum"
    ),
    ("struct A { int32 max_side; int32 maxSide; };", "two names here become 'maxSide' in Swift"),
    ("[Allow=\"17\"] struct A {};", "an exception names one rule and a reason"),
    ("struct A { pending_remote<B> a; };", "unknown interface 'B'"),
    ("struct A { pending_remote<A> a; };", "'A' is no interface"),
    ("interface A { int32 M(); };", "expected '(' after the method 'int32', found 'M'"),
    ("interface A { M(int32 a = 1); };", "expected ')' or ',' after the parameter, found '='"),
    ("struct A;", "the struct has no body"),
    ("struct A { string a = \"b", "the string does not end on its line"),
    ("/* a", "the comment does not end"),
    ("struct A { int32 1a; };", "not a number"),
    ("struct A { int32 a; ", "the struct is not closed"),
    ("}", "this '}' closes nothing"),
    ("const uint64 A = 18446744073709551616;", "the number does not fit 64 bits"),
  ]

  @Test("name each mistake", arguments: mistakes)
  func mistake(_ text: String, _ message: String) {
    let outcome = check(text)
    #expect(outcome.messages.first == message)
    #expect(outcome.program == nil)
  }

  @Test("are not made of names that nothing else takes")
  func goodNames() {
    #expect(check("enum E { kUnknown, kOther };").messages == [])
    #expect(check("[Extensible] enum E { [Default] kUnknown, kOther };").messages == [])
  }

  @Test("name what another file has and this one does not import")
  func imports() {
    let files = MemoryFiles([
      "a.magen": "import \"b.magen\"; struct A { C c; };",
      "b.magen": "import \"c.magen\";",
      "c.magen": "struct C {};",
      "d.magen": "import \"nowhere.magen\";",
      "e/e.magen": "import \"../c.magen\"; struct E { C c; };",
      "f.magen": "[Error] enum F { A };",
      "g.magen": "import \"f.magen\"; interface G { M() => result<int32, F>; };",
      "h.magen": "enum H { A };",
      "i.magen": "import \"h.magen\"; interface I { M() => result<int32, H>; };",
    ])
    func messages(_ path: String) -> [String] { Checker.check([path], reader: files).messages }
    #expect(messages("a.magen") == ["'C' is declared in c.magen, which is not imported"])
    #expect(messages("d.magen") == ["no file 'nowhere.magen'"])
    #expect(messages("e/e.magen") == [])
    #expect(messages("g.magen") == [])
    #expect(messages("i.magen") == ["H is not declared as an error"])
    #expect(Checker.check(["z.magen"], reader: files).roots == [nil])
  }

  @Test("take Mojo's files: their attributes, and not in ours")
  func mojom() {
    let text = "[Stable, Uuid=\"1\"] interface A { [Sync, NoInterrupt] M() => (bool b); };"
    #expect(check(text, named: "a.mojom").messages == [])
    #expect(check(text).messages.first == "unknown attribute 'Stable'")
    let path = "\(testFolder)/Interfaces/conformance.mojom"
    #expect(Checker.check([path], reader: Files()).rendered == "")
  }
}
