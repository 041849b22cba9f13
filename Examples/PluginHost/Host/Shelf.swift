internal import DemoSupport
internal import ExampleSupport
internal import MageHost
internal import MageSeccomp
internal import MageSystem

/// The plug-ins that are installed, and what the user allows them.
struct Shelf {
  private let directory: String
  private let allowed: Allowed
  private let library: PolicyLibrary
  private let base: Policy

  init(_ places: PluginHost.Places) throws(Failed) {
    directory = places.plugins
    allowed = try JSONFile.read(Allowed.self, places.allowed ?? "\(places.plugins)/allowed.json")
    guard let policies = PackageFiles.find("SandboxPolicies"),
      let path = PackageFiles.find("Examples/PluginHost/extension.sandbox")
    else {
      throw Failed(
        status: Failed.noInput,
        text: "SandboxPolicies and Examples/PluginHost/extension.sandbox are not above this program"
      )
    }
    library = PolicyLibrary(directory: policies)
    do throws(PolicyError) {
      base = try library.policy(atPath: path)
    } catch {
      throw Failed(status: Failed.data, text: "\(error)")
    }
  }

  /// All plug-ins, by name; one with a mistake in its manifest does not hide the others.
  func all() throws(Failed) -> [(name: String, Result<InstalledPlugin, Failed>)] {
    try names().map { name in
      do throws(Failed) {
        return (name, .success(try plugin(named: name)))
      } catch {
        return (name, .failure(error))
      }
    }
  }

  func plugin(named name: String) throws(Failed) -> InstalledPlugin {
    // A name is the user's here and a directory's there: neither leads out of the shelf.
    let known = try names()
    guard known.contains(name) else {
      let there = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw Failed(
        status: Failed.noInput,
        text:
          "no plug-in '\(Escaping.printable(name))' in \(Escaping.printable(directory)); there: \(there)"
      )
    }
    let manifest = try JSONFile.read(Manifest.self, "\(directory)/\(name)/plugin.json")
    guard manifest.name == name else {
      throw Failed(
        status: Failed.data,
        text: "\(name)/plugin.json says that it is '\(Escaping.printable(manifest.name))'")
    }
    return try InstalledPlugin(
      manifest, at: "\(directory)/\(name)", allowed: allowed.grants(for: name), base: base)
  }

  /// The directories that have a manifest.
  private func names() throws(Failed) -> [String] {
    do throws(SystemError) {
      return try DirectoryListing.names(in: directory, limit: 10_000).sorted().filter { name in
        Escaping.printable(name) == name
          && (try? OwnedDescriptor.open("\(directory)/\(name)/plugin.json", flags: 0)) != nil
      }
    } catch {
      throw Failed(
        status: Failed.noInput,
        text: "cannot read \(Escaping.printable(directory)): \(error.errnoName)")
    }
  }
}

/// A plug-in, the policy that its manifest comes to, and what in it is more than the user allows.
struct InstalledPlugin {
  let manifest: Manifest
  let executable: String
  let policy: Policy
  let excess: [String]

  init(_ manifest: Manifest, at directory: String, allowed: Grants, base: Policy) throws(Failed) {
    self.manifest = manifest
    executable = "\(directory)/\(manifest.executable)"
    policy = manifest.grants.policy(on: base)
    do {
      // Not the two lists are compared but what they mean as policies: a path below an allowed one is allowed, a call is a call.
      excess = try PolicyExcess.of(policy, beyond: allowed.policy(on: base)).map { "\($0)" }
    } catch {
      throw Failed(status: Failed.data, text: "\(manifest.name): \(error)")
    }
  }

  var isAllowed: Bool { excess.isEmpty }

  var line: String {
    Self.line(
      manifest.name, isAllowed ? "allowed" : "refused",
      Escaping.printable(manifest.description, limit: 120))
  }

  /// A line of the list.
  static func line(_ name: String, _ word: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(1, 12 - name.count)) + word + "  " + text
  }
}
