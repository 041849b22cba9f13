import MagenCore
import Testing

@Suite("Generated code")
struct GoldenTests {
  @Test(
    "is what the golden files hold, which are compiled with these tests",
    arguments: ["mage", "gallery", "colours", "passing", "sharing"])
  func isGolden(_ name: String) throws {
    let path = "\(testFolder)/Interfaces/\(name).magen"
    let outcome = Checker.check([path], reader: Files())
    #expect(outcome.rendered == "")
    let program = try #require(outcome.program)
    let generator = Generator(program)
    #expect(!generator.refusals(for: 0).hasErrors)
    let golden = try #require(Files().read("\(testFolder)/Golden/\(name).magen.swift"))
    // Changed on purpose? magen generate Interfaces/NAME.magen -o Golden
    #expect(generator.generate(0) == String(decoding: golden, as: UTF8.self))
  }

  @Test("is not made of what this version cannot carry")
  func refusesWhatCannotTravel() throws {
    let outcome = check(
      """
      interface A {
        M(MessagePipe pipe, pending_remote<A> a, handle<data_pipe_consumer> b, handle c,
          pending_associated_receiver<A> d) => (pending_associated_receiver<A> e, array<B> f);
      }
      struct B { C? c; };
      struct C { pending_associated_remote<A>? a; B? b; };
      """)
    let program = try #require(outcome.program)
    let refusals = Generator(program).refusals(for: 0)
    #expect(
      refusals.list.map(\.message) == [
        "a handle of any kind is not supported by this version",
        "an associated end in a reply is not supported by this version",
        "an associated end in a reply is not supported by this version",
      ])
  }

  @Test("carries ends of pipes where the runtime does")
  func writesEndpoints() throws {
    let outcome = check(
      """
      interface Child { Stop(); }
      interface A {
        Give(MessagePipe pipe, pending_remote<Child>? child, array<pending_receiver<Child>> more,
          pending_associated_remote<Child> beside);
      }
      """)
    let generator = Generator(
      try #require(outcome.program),
      capabilities: Capabilities(movingEndpoints: true, associatedEndpoints: true))
    #expect(!generator.refusals(for: 0).hasErrors)
    let code = generator.generate(0)
    for line in [
      "pipe: MessagePipeEnd, child: PendingRemote<Child>?, more: [PendingReceiver<Child>],",
      "pipe = try message.messagePipe(fields, 8, \"pipe\")",
      "child = try message.optionalPendingRemote(fields, 12, \"child\", Child.self)",
      "more = try message.array(fields, 24, \"more\", stride: 4) {",
      "try message.pendingReceiver(element, 0, \"more\", Child.self)",
      "beside = try message.pendingAssociatedRemote(fields, 32, \"beside\", Child.self)",
      "message.pendingRemote(fields, 12, child)",
      "public static let rules = [MethodRule(give)]",
    ] {
      #expect(code.contains(line), "\(line)")
    }
  }

  @Test("names of Swift are not taken from it")
  func escapesNames() throws {
    let outcome = check(
      """
      struct Type { int32 init; int32 self; int32 class; }
      interface A { Name(); Handlers(); }
      """)
    // `name` and `handlers` are what the generated code itself declares.
    #expect(outcome.messages.count == 2)
    let program = try #require(
      check("struct Type { int32 init; int32 self; int32 class; }").program)
    let code = Generator(program).generate(0)
    #expect(code.contains("public struct TypeValue: WireStruct, Hashable {"))
    #expect(code.contains("public init(initValue: Int32, selfValue: Int32, `class`: Int32) {"))
  }

  @Test("comments cannot break out of documentation, nor strings out of their quotes")
  func cannotBeEscaped() throws {
    let outcome = check(
      "/// a\rlet x = 1\u{2028}let y = 2\nconst string A = \"\\\\(x) \\\" \u{202E}\";")
    let code = Generator(try #require(outcome.program)).generate(0)
    #expect(code.contains("/// alet x = 1let y = 2\n"))
    #expect(code.contains(#"public let a: String = "\\(x) \" \u{202e}""#))
  }
}
