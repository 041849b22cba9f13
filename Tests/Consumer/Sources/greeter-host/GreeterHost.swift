import Greeting
import MageHost
import MagePolicy

@main
struct GreeterHost {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let policies = PolicyLibrary(directory: arguments.dropFirst().first ?? "SandboxPolicies")
    let folder = arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let executable = folder.joined(separator: "/") + "/greeter-worker"

    // In this process, and in one of its own: one line apart.
    print("here:", try await evening(with: Doorman()))

    let host = try Host()
    let worker = try await host.spawn(executable, policy: policies.policy(named: "renderer"))
    let there = try await evening(with: Greeter.Proxy(worker.remote(Greeter.self)))
    print("there:", there)
    print("ended:", await worker.finish().cause)
    await host.shutDown()
  }

  static func evening(with greeter: some Greeter.Service) async throws -> String {
    var said: [String] = []
    for name in ["Ada", ""] {
      switch try await greeter.greet(name: name, manners: .polite) {
      case .success(let greeting): said.append("\(greeting.text) (guest \(greeting.guest))")
      case .failure(.noName): said.append("Your name, please?")
      case .failure(.unwelcome): said.append("No.")
      }
    }
    let count = try await greeter.count()
    try await greeter.forget()
    return said.joined(separator: " ") + " \(count) guest, then \(try await greeter.count())."
  }
}
