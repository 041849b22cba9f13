extension Bench {
  /// One message of the kind that most are: two numbers, a line of text, a few numbers more.
  public static let sample = OwnParameters(
    id: 0x0123_4567_89AB_CDEF, count: 77, text: "thirty-two bytes of text, as here",
    numbers: (1...16).map { $0 * 1000 })
}
