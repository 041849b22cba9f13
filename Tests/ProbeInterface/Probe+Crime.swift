package import CrimeSimulation
package import Mage

extension Probe.Proxy {
  /// Has the worker commit a crime; returns when the crime leaves it the chance to answer.
  package func commit(_ crime: Crime) async throws(CallError) {
    try await commit(crime: crime.rawValue)
  }
}
