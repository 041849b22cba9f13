internal import Synchronization

/// Files for whoever is free to take the next.
final class FileQueue: Sendable {
  private let files: [ImageFile]
  let total: Int
  private let position = Mutex(0)

  /// - Parameter rounds: how often each file is given out.
  init(_ files: [ImageFile], rounds: Int) {
    self.files = files
    total = files.count * rounds
  }

  /// The next file and its place in the first round, which is the one that is drawn; `nil` for the file when there is none left.
  func next() -> (index: Int?, file: ImageFile)? {
    position.withLock { position in
      guard position < total else { return nil }
      defer { position += 1 }
      return (position < files.count ? position : nil, files[position % files.count])
    }
  }

  /// Lets nobody have another.
  func stop() { position.withLock { $0 = total } }
}
