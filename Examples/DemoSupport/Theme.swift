/// The sheet's colours: a dark ground on which pictures stand out.
package enum Theme {
  /// A file that was decoded.
  package static let good = Colour(hex: 0x5fd38d)
  /// A broken file, found and refused; nobody is to blame.
  package static let broken = Colour(hex: 0xf2b84b)
  /// A worker that did something its policy or the protocol forbids.
  package static let hostile = Colour(hex: 0xff5d5d)
  /// A worker that crashed or left by itself.
  package static let crashed = Colour(hex: 0xc792ea)
  /// A worker that used more time, memory or bandwidth than it may.
  package static let greedy = Colour(hex: 0xff9157)
  /// A file that was not looked at.

  static let ground = Colour(hex: 0x10141a)
  static let card = Colour(hex: 0x1b222c)
  static let picture = Colour(hex: 0x141a22)
  static let text = Colour(hex: 0xe6ebf2)
  static let faint = Colour(hex: 0x8b98a9)
  static let squares = (Colour(hex: 0x39424f), Colour(hex: 0x2b333e))
}
