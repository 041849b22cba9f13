import MageWire
import Testing

@testable import MagePipes

/// What a window lets through, and what it takes back.
@Suite struct CreditTests {
  static let limits = ChannelLimits(
    maxMessageBytes: 10, maxAttachments: 1, windowMessages: 10, windowBytes: 100,
    windowAttachments: 4)

  static func refusal(_ act: () throws(Malformed) -> Void) -> Malformed.Check? {
    do throws(Malformed) {
      try act()
      return nil
    } catch {
      return error.check
    }
  }

  @Test func eachPartOfAWindowEndsByItself() throws {
    let parts: [(Credit, Credit, ChannelCheck)] = [
      (
        Credit(bytes: 100, messages: 0, attachments: 0),
        Credit(bytes: 1, messages: 0, attachments: 0), .creditBytesExceeded
      ),
      (
        Credit(bytes: 0, messages: 10, attachments: 0),
        Credit(bytes: 0, messages: 1, attachments: 0), .creditMessagesExceeded
      ),
      (
        Credit(bytes: 0, messages: 0, attachments: 4),
        Credit(bytes: 0, messages: 0, attachments: 1), .creditAttachmentsExceeded
      ),
    ]
    for (all, one, check) in parts {
      var window = CreditWindow(Self.limits)
      #expect(window.admits(all))
      try window.take(all)
      #expect(!window.admits(one))
      #expect(window.admits(.zero))
      let before = window.left
      #expect(Self.refusal { () throws(Malformed) in try window.take(one) } == .channel(check))
      #expect(window.left == before)
      try window.restore(all)
      #expect(window.admits(all))
      #expect(
        Self.refusal { () throws(Malformed) in try window.restore(one) }
          == .channel(.creditOverflow))
    }
  }

  @Test func theLargestNumbersNeitherTrapNorWrap() {
    var window = CreditWindow(Self.limits)
    let all = Credit(bytes: .max, messages: .max, attachments: .max)
    #expect(
      Self.refusal { () throws(Malformed) in try window.restore(all) } == .channel(.creditOverflow))
    #expect(
      Self.refusal { () throws(Malformed) in try window.take(all) }
        == .channel(.creditMessagesExceeded))
    #expect(
      Credit.message(bytes: .max, attachments: .max)
        == Credit(bytes: .max, messages: 1, attachments: .max))
  }

  @Test func halfAWindowIsWorthReturning() {
    let window = CreditWindow(Self.limits)
    #expect(!window.isWorthReturning(Credit(bytes: 49, messages: 4, attachments: 1)))
    #expect(window.isWorthReturning(Credit(bytes: 50, messages: 0, attachments: 0)))
    #expect(window.isWorthReturning(Credit(bytes: 0, messages: 5, attachments: 0)))
    #expect(window.isWorthReturning(Credit(bytes: 0, messages: 0, attachments: 2)))
  }

  @Test func littleIsWorthReturningWhenTheLargestMessageFindsNoRoom() throws {
    var window = CreditWindow(Self.limits)
    let little = Credit(bytes: 1, messages: 1, attachments: 0)
    try window.take(Credit(bytes: 90, messages: 2, attachments: 0))
    #expect(!window.isWorthReturning(little))
    try window.take(little)
    #expect(window.isWorthReturning(little))
  }

  @Test func creditSurvivesTheWire() throws {
    let credit = Credit(bytes: 1 << 31, messages: 2, attachments: 3)
    #expect(try Credit(decoding: credit.encoded[...]) == credit)
  }
}
