internal import Glibc
internal import MageHost
internal import Synchronization

/// The host of `mage run`, made before the command line is read: the process that clones programs takes about as long to start as reading takes.
enum EarlyHost {
  private static let made = Mutex<Result<Host, HostError>?>(nil)

  /// Call it first, and only for a command that runs a program.
  static func start() {
    // Before anything is opened.
    StandardStreams.fill()
    made.withLock { $0 = make() }
  }

  /// The one that was made early, or one that is made now.
  static func host() throws(RunFailure) -> Host {
    let early = made.withLock { made in
      defer { made = nil }
      return made
    }
    do throws(HostError) {
      return try (early ?? make()).get()
    } catch {
      throw RunFailure("\(error)")
    }
  }

  private static func make() -> Result<Host, HostError> {
    do throws(HostError) {
      let host = try Host()
      host.startEarly()
      return .success(host)
    } catch {
      return .failure(error)
    }
  }
}
