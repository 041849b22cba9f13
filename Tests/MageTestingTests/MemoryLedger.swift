import Mage
import MageTesting
import Synchronization

/// Keeps accounts in memory, and refuses what only it can see to be wrong.
final class MemoryLedger: Ledger.Service {
  private let accounts = Mutex<[String: UInt64]>([:])

  var names: [String] { accounts.withLock { $0.keys.sorted() } }

  func put(name: String, amount: UInt32, currency: Currency, note: [UInt8]) async throws -> UInt64 {
    guard !name.isEmpty else { throw BadMessage("an account without a name") }
    return accounts.withLock { accounts in
      accounts[name, default: 0] += UInt64(amount)
      return accounts[name, default: 0]
    }
  }

  func forget(name: String) async throws { accounts.withLock { $0[name] = nil } }
}

extension SampleMessage where Of == Ledger {
  static let put = SampleMessage(
    Ledger.put, .init(name: "Ada", amount: 7, currency: .euro, note: [1, 2, 3]))
  static let forget = SampleMessage(Ledger.forget, .init(name: "Ada"))
}
