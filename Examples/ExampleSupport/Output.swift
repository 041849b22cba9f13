internal import Glibc

/// Text to a descriptor, at once and unbuffered.
package enum Output {
  /// Writes all of `text`, or as much as the reader takes: one that has gone is nobody's error here.
  package static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if errno == EINTR { continue }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}
