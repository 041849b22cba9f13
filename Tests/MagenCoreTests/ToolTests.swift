import MagenCore
import Testing

@Suite("The formatter")
struct FormatterTests {
  private func format(_ text: String) -> String? {
    Formatter.format(SourceFile(path: "a.magen", text: text)).text
  }

  @Test("writes one way, whatever way it was written")
  func canonical() {
    let text = """
      module  a ;
      // Says hello.
      [From = host]interface   Demo{ // of its own
        Method1(int a,string b) ;


        enum  E {kA,kB=2} ;
        Long([MaxLength = 16] string first_name, [MaxLength = 16] string last_name, array<uint32 , 3>? numbers) => ( bool ok , map<string,int8> m );
      }
      """
    #expect(
      format(text) == """
        module a;
        // Says hello.
        [From=host]
        interface Demo { // of its own
          Method1(int a, string b);

          enum E {
            kA,
            kB = 2
          };
          Long([MaxLength=16] string first_name, [MaxLength=16] string last_name, array<uint32, 3>? numbers)
              => (bool ok, map<string, int8> m);
        }

        """)
  }

  @Test(
    "keeps every token and comment, and its own work", arguments: ["mage", "gallery", "colours"])
  func keepsEverything(_ name: String) throws {
    let bytes = try #require(Files().read("\(testFolder)/Interfaces/\(name).magen"))
    let text = String(decoding: bytes, as: UTF8.self)
    let formatted = try #require(format(text))
    func letters(_ text: String) -> String { text.filter { !$0.isWhitespace } }
    #expect(letters(formatted) == letters(text))
    #expect(format(formatted) == formatted)
    #expect(formatted.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("leaves a file with mistakes alone")
  func mistakes() {
    #expect(format("struct A {") == nil)
  }
}

@Suite("Breaking changes")
struct BreakingChangeTests {
  private func changes(_ old: String, _ new: String) throws -> [BreakingChanges.Change] {
    BreakingChanges.compare(
      try #require(check(old).program, "\(check(old).rendered)"),
      try #require(check(new).program, "\(check(new).rendered)"))
  }

  @Test("none in a file that stays as it is")
  func none() throws {
    let text = "interface A { M(int32 a) => (string b); }; [Extensible] enum E { A };"
    #expect(try changes(text, text).isEmpty)
  }

  static let breaking: [(String, String)] = [
    ("interface A { M(); };", "interface A { N(); };"),
    ("interface A { M(); };", "interface A { N(); M(); };"),
    ("interface A { M(); };", "interface A { M() => (); };"),
    ("interface A { M() => (); };", "interface A { M(); };"),
    ("interface A { M(); };", "[From=host] interface A { M(); };"),
    ("interface A { M(); };", "[Rate=5] interface A { M(); };"),
    ("interface A { M(int32 a); };", "interface A { M(int64 a); };"),
    ("interface A { M(int32 a); };", "interface A { M(); };"),
    ("interface A { M(); };", "interface A { M(int32 a); };"),
    ("struct A { string a; };", "struct A { string? a; };"),
    ("struct A { string? a; };", "struct A { string a; };"),
    ("struct A { string a; };", "struct A { [MaxLength=5] string a; };"),
    ("struct A { [MaxLength=5] string a; };", "struct A { [MaxLength=6] string a; };"),
    (
      "struct A { array<[MaxLength=5] string> a; };", "struct A { array<[MaxLength=4] string> a; };"
    ),
    ("struct A { [Range=1..5] int8 a; };", "struct A { [Range=1..4] int8 a; };"),
    ("struct A { array<int8> a; };", "struct A { array<int8, 3> a; };"),
    ("enum E { A };", "enum E { A, B };"),
    ("enum E { A, B };", "enum E { A };"),
    ("[Extensible] enum E { A, B };", "[Extensible] enum E { A = 5, B };"),
    ("union U { int8 a; };", "union U { int8 a; int8 b; };"),
    ("union U { int8 a; int8 b; };", "union U { int8 a; };"),
  ]

  @Test("what old peers would refuse, or send and be refused", arguments: breaking)
  func breaks(_ old: String, _ new: String) throws {
    #expect(try changes(old, new).contains { $0.effect == .breaks })
  }

  static let compatible: [(String, String)] = [
    ("interface A { M(); };", "interface A { M(); N(); };"),
    ("struct A { int8 a; };", "struct A { int8 a; [MinVersion=1] string? b; };"),
    ("interface A { M(int8 a); };", "interface A { M(int8 a, [MinVersion=1] bool b); };"),
    ("[Extensible] enum E { A };", "[Extensible] enum E { A, B };"),
    (
      "[Extensible] union U { [Default] int8 a; };",
      "[Extensible] union U { [Default] int8 a; int8 b; };"
    ),
    ("struct A { int8 a; };", "struct A { int8 other; };"),
    ("[Rate=5] interface A { M(); };", "[Rate=9] interface A { M(); };"),
  ]

  @Test("what old peers do not notice", arguments: compatible)
  func isCompatible(_ old: String, _ new: String) throws {
    let found = try changes(old, new)
    #expect(!found.contains { $0.effect == .breaks }, "\(found)")
  }
}

@Suite("Descriptions")
struct DescriberTests {
  @Test("say who may call, how often, and where each byte lies")
  func page() throws {
    let outcome = check(
      """
      /// Draws.
      [From=host, Sandbox="renderer"]
      interface Painter {
        /// Draws a page.
        [Rate=5] Draw([MaxLength=9] string text, uint8? depth) => (array<uint8> pixels);
      }
      """)
    let text = Describer.describe(try #require(outcome.program), file: 0)
    #expect(
      text == """
        interface Painter
          # Draws.
          called by: host
          sandbox of the implementation: renderer

          @0 Draw
            # Draws a page.
            called by: host, at most 5 times a second
            parameters: 24 bytes and what they point to
              @8  text: [MaxLength=9] string
              @17  depth: uint8?, null by @16 bit 0
            reply: 16 bytes and what they point to
              @8  pixels: array<uint8>, NO LIMIT but the message's own

        """)
  }
}
