import Foundation
import TestSupport
import Testing

/// Memory that a program fills and does not map, with control groups where there are any, and as on a machine without.
@Suite(.serialized) struct HeldMemoryTests {
  enum Machine: String, CaseIterable {
    case asItIs
    /// The groups are covered up in a mount namespace, which only root may make; nobody else has groups to cover.
    case withoutGroups

    var shell: String {
      guard self == .withoutGroups, geteuid() == 0 else { return #""$@" </dev/null"# }
      return
        #"unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' sh "$@" </dev/null"#
    }
  }

  private static let policy = """
    policy own version 1
    include "base/program.sandbox"
    include "base/program-processes.sandbox"
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    limits { memory 24MiB cpu 10s wall 5s output 16MiB open-files 300 processes PROCESSES }
    filesystem { tmp "/tmp" size 64MiB noexec }
    syscalls startup { allow memfd_create socketpair pause creat unlink }
    """

  private static func run(
    _ program: String, _ arguments: [String], _ machine: Machine, processes: Int = 1
  ) throws -> MageRun {
    try Places.withDirectory { directory in
      let file = directory + "/own.sandbox"
      let text = policy.replacingOccurrences(of: "PROCESSES", with: "\(processes)")
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      return try MageRun.run(
        ["--policy", file], [CompiledPrograms.path(program)] + arguments, shell: machine.shell)
    }
  }

  @Test(arguments: ["files", "sockets"], Machine.allCases)
  func whatDescriptorsHoldCounts(_ what: String, _ machine: Machine) throws {
    let run = try Self.run("memory-held", [what], machine)
    #expect(run.report.limit == "memory", "\(run.report) \(run.errors)")
    if machine == .withoutGroups { #expect(run.report.mechanisms?.memory == "watch") }
  }

  @Test(
    "What is not even held counts too, where groups are or the host is root",
    .enabled(if: geteuid() == 0), arguments: ["mapped", "dropped"], Machine.allCases)
  func whatIsHiddenCounts(_ what: String, _ machine: Machine) throws {
    let run = try Self.run("memory-held", [what], machine)
    #expect(run.report.limit == "memory", "\(run.report) \(run.errors)")
  }

  /// Of several processes as of one.
  @Test(
    arguments: [
      ("memory-page-tables", ""), ("memory-temporary", ""), ("memory-heap", ""),
      ("memory-held", "files"),
    ], Machine.allCases)
  func ofSeveralProcessesAllCounts(_ program: (String, String), _ machine: Machine) throws {
    let run = try Self.run(program.0, [program.1], machine, processes: 4)
    #expect(run.report.limit == "memory", "\(run.report) \(run.errors)")
  }

  @Test("What there is little of harms nobody", arguments: Machine.allCases)
  func littleIsNoHarm(_ machine: Machine) throws {
    let run = try Self.run("memory-held", ["few"], machine)
    #expect(run.report.ending == "finished", "\(run.report) \(run.errors)")
  }
}
