internal import CSampleEncoders
internal import DemoSupport

/// Sound pictures that tell the demo's worker to behave as if a decoder bug had handed it to an
/// attacker.
///
/// Nothing in them is an exploit: each has a text chunk that names a crime, and the worker of the
/// demo acts it out.
enum HostileSamples {
  /// The keyword of the text chunk.
  static let keyword = "mage-simulation"

  static let crimes = [
    "open-passwd", "connect-out", "fork-bomb", "allocate", "spin", "flood", "crash-segv",
    "crash-abort", "exit-early", "never-reply", "exec-shell", "ptrace-host",
    "send-unasked-descriptor", "send-socket", "malformed-transport", "malformed-channel",
    "malformed-message", "malformed-interface", "malformed-application",
  ]

  static func all() throws(SampleError) -> [Sample] {
    var samples: [Sample] = []
    for crime in crimes {
      let plain = try encoded("\(crime).png", card(for: crime))
      let bytes = PNGChunks.adding(keyword: keyword, value: crime, to: plain.bytes)
      samples.append(Sample(name: plain.name, bytes: bytes))
    }
    return samples
  }

  private static func card(for crime: String) -> Bitmap {
    var card = Bitmap(width: 184, height: 120, fill: Colour(hex: 0x1a0f14))
    let red = Colour(hex: 0xff5d5d)
    for edge in [0, card.height - 6] {
      for x in stride(from: 0, to: card.width, by: 12) {
        card.fill(Rectangle(x: x, y: edge, width: 6, height: 6), red)
      }
    }
    card.drawCentred(
      "SIMULATION", in: card.bounds, y: 22, colour: Colour(hex: 0x9a6a72), scale: 1)
    let scale = (2...3).last { Font.width(of: crime, scale: $0) <= 168 } ?? 1
    card.drawCentred(
      crime, in: card.bounds, y: 60 - Font.height * scale / 2, colour: red, scale: scale)
    card.drawCentred(
      "a hostile worker", in: card.bounds, y: 90, colour: Colour(hex: 0x9a6a72))
    return card
  }

  private static func encoded(_ name: String, _ card: Bitmap) throws(SampleError) -> Sample {
    let rows = card.pixels.flatMap { [$0.red, $0.green, $0.blue] }
    return try Encoding.png(
      name, width: card.width, height: card.height, layout: .init(), rows: rows)
  }
}
