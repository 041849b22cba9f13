internal import Synchronization

/// Implements the interface; it does not know whether its caller is in another process.
public final class Doorman: Greeter.Service {
  private let guests = Mutex<UInt64>(0)

  public init() {}

  public func greet(name: String, manners: Manners) async throws -> Result<Greeting, Refusal> {
    guard !name.isEmpty else { return .failure(.noName) }
    let guest = guests.withLock { guests in
      guests += 1
      return guests
    }
    let text = manners == .polite ? "A very good evening, \(name)." : "Hi \(name)"
    return .success(Greeting(text: text, guest: guest))
  }

  public func count() async throws -> UInt64 { guests.withLock { $0 } }

  public func forget() async throws { guests.withLock { $0 = 0 } }
}
