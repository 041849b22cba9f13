import MagenCore
import Testing

@Suite("Layouts")
struct LayoutTests {
  private func layout(_ fields: String) throws -> Layout {
    let outcome = check(
      "struct A { uint64 i; }; union U { A a; bool b; }; interface I {}; struct S { \(fields) }")
    let program = try #require(outcome.program, "\(outcome.rendered)")
    let structure = try #require(program.structures.first { $0.declared.name == "S" })
    return Layout(structure.fields)
  }

  private func places(_ layout: Layout) -> [[Int]] {
    layout.places.map { place in
      let value = place.value.isBit ? [place.value.offset, place.value.bit] : [place.value.offset]
      return (place.flag.map { [$0.offset, $0.bit] } ?? []) + value
    }
  }

  @Test("small fields go into the holes that large ones leave")
  func fillsHoles() throws {
    let layout = try layout(
      "uint8 n8; uint64 n64; uint16 n16_1; bool b1; uint16 n16_2; uint32 n32; bool b2;")
    #expect(places(layout) == [[8], [16], [10], [9, 0], [12], [24], [9, 1]])
    #expect(layout.size == 32)
  }

  @Test("bools share bytes, on both sides of other fields")
  func packsBools() throws {
    let before = (0..<5).map { "bool a\($0);" }.joined()
    let after = (0..<5).map { "bool b\($0);" }.joined()
    let bytes = try layout("\(before) uint8 x; \(after)")
    #expect(places(bytes).last == [10, 1])
    #expect(places(bytes)[5] == [9])
    #expect(bytes.size == 16)
    let shorts = try layout("\(before) uint16 x; \(after)")
    #expect(places(shorts).last == [9, 1])
    #expect(places(shorts)[5] == [10])
  }

  @Test("each version has a size")
  func versions() throws {
    let layout = try layout(
      "int32 i; [MinVersion=1] A? a; [MinVersion=3] string? s; [MinVersion=3] bool b;")
    #expect(places(layout) == [[8], [16], [24], [12, 0]])
    #expect(layout.versions.map(\.number) == [0, 1, 3])
    #expect(layout.versions.map(\.size) == [16, 24, 32])
  }

  @Test("nullable numbers are two fields")
  func nullableNumbers() throws {
    let layout = try layout("uint32? a; bool? b; uint8 c;")
    #expect(places(layout) == [[8, 0, 12], [8, 1, 8, 2], [9]])
    #expect(layout.size == 16)
  }

  @Test("a remote has 8 bytes and the alignment of 4")
  func remotes() throws {
    let three = try layout("pending_remote<I>? a; uint32 b; pending_remote<I>? c;")
    #expect(places(three) == [[8], [16], [20]])
    #expect(three.size == 32)
    let mixed = try layout("uint8 a; U u; handle h; pending_remote<I> r;")
    #expect(places(mixed) == [[8], [16], [12], [32]])
    #expect(mixed.size == 40)
  }

  @Test("ordinals decide, and not the order of the lines")
  func ordinals() throws {
    let layout = try layout("uint64 a@1; uint8 b@0;")
    #expect(places(layout) == [[8], [16]])
  }
}
