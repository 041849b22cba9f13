import Foundation
import TestSupport
import Testing

/// What `mage doctor` says of this machine, and of one that refuses namespaces.
@Suite struct DoctorTests {
  private struct Finding: Decodable {
    let name: String
    let state: String
    let detail: String
    let remedy: String?
  }

  private static let names = [
    "kernel", "seccomp notifications", "user namespaces", "cgroup.kill", "landlock",
    "memory limit", "full sandbox", "level landlock+seccomp",
  ]

  @Test func thisMachineEnforcesEverythingInFull() throws {
    let run = try Command.run(MageRun.mage, ["doctor", "--json"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    let findings = try JSONDecoder().decode([Finding].self, from: Data(run.output.utf8))
    #expect(findings.map(\.name) == Self.names)
    #expect(findings.allSatisfy { $0.state != "missing" && !$0.detail.isEmpty })
  }

  @Test func eachFindingIsOneLine() throws {
    let run = try Command.run(MageRun.mage, ["doctor"])
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == Self.names.count)
    for (line, name) in zip(lines, Self.names) { #expect(line.hasPrefix("\(name): ")) }
  }

  @Test func aMachineWithoutNamespacesIsToldWhatToDo() throws {
    let run = try Command.run(Places.product("deny-namespaces"), [MageRun.mage, "doctor"])
    #expect(run.status == 1)
    let line = run.output.split(separator: "\n").first { $0.hasPrefix("full sandbox: NO") } ?? ""
    #expect(line.contains("EPERM"), "\(run.output)")
    #expect(line.contains("user namespaces are refused here; allow them"), "\(run.output)")
    // What policies may fall back to is still there.
    #expect(run.output.contains("\nlevel landlock+seccomp: yes"), "\(run.output)")
  }

  /// A limit on memory that can be passed is said, and so is by what.
  @Test func aMachineWithoutControlGroupsIsToldWhatIsLost() throws {
    let run = try Command.run(
      "/bin/sh", ["-c", HeldMemoryTests.Machine.withoutGroups.shell, "sh", MageRun.mage, "doctor"])
    let line = run.output.split(separator: "\n").first { $0.hasPrefix("memory limit: ") } ?? ""
    #expect(line.hasPrefix("memory limit: no, replaced (the host looks at it from outside"))
    #expect(line.hasSuffix("; delegate a cgroup v2 with the memory controller to this user"))
    #expect(line.contains("is not seen") == (geteuid() != 0), "\(line)")
    #expect(run.status == 0)
  }

  @Test func noNamespacesNoProgram() throws {
    let run = try Command.run(
      Places.product("deny-namespaces"),
      [MageRun.mage, "run", "--library", Places.policies, "--", "/bin/true"])
    #expect(run.status == 125)
    #expect(run.errors.contains("user namespaces are refused here; allow them"), "\(run.errors)")
  }
}
