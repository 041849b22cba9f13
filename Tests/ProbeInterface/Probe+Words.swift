package import Mage

extension UntrustedBytes {
  /// The sum of the words of 8 bytes, each loaded once, without those behind the last whole one.
  package var sumOfWords: UInt64 {
    withChangingBytes { bytes in
      var sum: UInt64 = 0
      for offset in stride(from: 0, to: bytes.count & ~7, by: 8) {
        sum &+= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
      return sum
    }
  }
}
