internal import Synchronization

/// Files for whoever is free to take the next.
final class FileQueue: Sendable {
  private let files: [ImageFile]
  private let position = Mutex(0)

  init(_ files: [ImageFile]) { self.files = files }

  /// The next file and its place in the run; `nil` when there is none left.
  func next() -> (index: Int, file: ImageFile)? {
    position.withLock { position in
      guard position < files.count else { return nil }
      defer { position += 1 }
      return (position, files[position])
    }
  }

  /// Lets nobody have another.
  func stop() { position.withLock { $0 = files.count } }
}
