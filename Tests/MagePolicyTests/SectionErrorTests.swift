import MagePolicy
import Testing

/// Mistakes outside rules. What is given stands in line 5, after a complete head.
@Suite struct SectionErrorTests {
  @Test(arguments: [
    ("limts { }", "5:1: unknown section 'limts' (did you mean 'limits'?)"),
    ("fds { }", "5:1: 'fds' is given twice"),
    ("test \"x\" in srve { }", "5:13: unknown phase 'srve' (did you mean 'serve'?)"),
    (
      "test \"x\" in serve { allos read }",
      "5:21: unknown expectation 'allos' (did you mean 'allows'?)"
    ),
    (
      "test \"x\" in serve { allows raed }",
      "5:28: unknown system call 'raed' (did you mean 'read'?)"
    ),
    (
      "test \"x\" in serve { kills read(df: 1) }",
      "5:32: unknown argument of read 'df' (did you mean 'fd'?)"
    ),
    ("test \"x\" in serve { kills read(fd: 1, fd: 2) }", "5:39: 'fd' is given twice"),
    (
      "test \"x\" in serve { kills abi i368 read }",
      "5:31: unknown ABI 'i368' (did you mean 'i386'?)"
    ),
    ("test \"x\" in serve { } test \"x\" in serve { }", "5:28: two tests are named 'x'"),
    ("on violation { klil }", "5:16: unknown key 'klil' (did you mean 'kill'?)"),
    ("on violation { restart always }", "5:24: 'restart always' is not supported by this version"),
    (
      "network { connect \"exa_mple.com\" port 80 }",
      "5:19: a host is an address as numbers, or a name of letters, digits, '-' and '.'"
    ),
    ("network { connect \"127.0.0.1\" port 0 }", "5:36: a port is 1 to 65535, not 0"),
    ("require level some", "5:15: unknown level 'some'"),
    (
      "require level landlock+secomp",
      "5:15: unknown level 'landlock+secomp' (did you mean 'landlock+seccomp'?)"
    ),
    ("require level landlock", "5:15: unknown level 'landlock'"),
    ("limits { memroy 1MiB }", "5:10: unknown key 'memroy' (did you mean 'memory'?)"),
    ("limits { memory 1MiB memory 2MiB }", "5:22: 'memory' is given twice"),
    (
      "limits { memory 1MB }",
      "5:17: expected a size such as 64KiB, 8MiB or 1GiB, found '1MB' (did you mean '1MiB'?)"
    ),
    ("limits { memory 17179869184GiB }", "5:17: a size is at most 1048576GiB"),
    ("limits { cpu 0s }", "5:14: a duration is more than nothing and less than 292 years"),
    ("limits { wall 1s wall 2s }", "5:18: 'wall' is given twice"),
    ("limits { wall 1s per hour }", "5:22: expected 'request', found 'hour'"),
    ("limits { core full }", "5:15: 'core full' is not supported by this version"),
    ("limits { threads 1KiB }", "5:18: expected a number of threads, found '1KiB'"),
    ("limits { memory 0 }", "5:17: nothing runs in no memory"),
    ("limits { threads 0 }", "5:18: a number of threads is 1 to 4294967295, not 0"),
    ("limits { processes 0 }", "5:20: a number of processes is 1 to 4294967295, not 0"),
    ("limits { open-files 0 }", "5:21: a number of descriptors is 1 to 4294967295, not 0"),
    ("ipc { grace 1 }", "5:13: grace is 0 to 0, not 1"),
    ("ipc { burst 3 }", "5:1: 'burst' without 'rate' limits nothing"),
    ("ipc { on malformed ignore }", "5:20: 'on malformed ignore' is not supported by this version"),
    (
      "ipc { max-fds-per-message 254 }",
      "5:27: a number of descriptors is 0 to 253, not 254"
    ),
    ("filesystem { broker exec \"/usr/**\" }", "5:21: unknown access 'exec'"),
    ("filesystem { broker read \"/**\" }", "5:26: a brokered file lies in a directory below '/'"),
    (
      "filesystem { broker read \"/usr/../etc/**\" }",
      "5:26: a path is absolute and has no empty part, '.' or '..'"
    ),
    ("filesystem { root full }", "5:19: 'root full' is not supported by this version"),
    ("filesystem { proc full }", "5:19: unknown proc 'full'"),
    ("filesystem { proc minmal }", "5:19: unknown proc 'minmal' (did you mean 'minimal'?)"),
    (
      "filesystem { ro \"usr\" }",
      "5:17: a path is absolute and has no empty part, '.' or '..'"
    ),
    (
      "filesystem { ro \"/usr/../etc\" }",
      "5:17: a path is absolute and has no empty part, '.' or '..'"
    ),
    ("filesystem { dev nul }", "5:18: unknown device 'nul' (did you mean 'null'?)"),
    ("filesystem { tmp \"/tmp\" }", "5:25: expected 'size', found '}'"),
    ("describe \"x", "5:10: a string that does not end on its line"),
    ("describe \"\\x\"", "5:11: unknown escape: only \\\", \\\\ and \\n are known"),
    ("syscalls stratup { }", "5:10: unknown phase 'stratup' (did you mean 'startup'?)"),
  ])
  func isRefusedAtItsPlace(_ section: String, _ complaint: String) {
    #expect(Texts.complaint(Texts.head + section) == "w.sandbox:\(complaint)")
  }

  private let rest = "namespaces { user pid mount ipc uts cgroup net own }\n"
  private let identity = "identity { uid 1 gid 1 capabilities none no-new-privs }\n"

  @Test(arguments: [
    ("3 channel a 3 null", "2:19: descriptor 3 is given twice"),
    ("0..2 null 2 channel a", "2:17: descriptor 2 is given twice"),
    ("3 channel a 4 channel a", "2:19: two descriptors are named 'a'"),
    ("3 channel a 4 memory a max 1KiB sealed(shrink, grow)", "2:19: two descriptors are named 'a'"),
    ("32 null", "2:7: descriptor 32 is above the limit of 32 open files"),
    ("5..3 null", "2:10: the last descriptor is 5 to 1023, not 3"),
    ("3..4 channel a", "2:12: a channel has one descriptor"),
    ("4 memory frames", "2:23: expected 'max', found '}'"),
    (
      "3 channel a 4 memory m max 0 sealed(shrink, grow)",
      "2:34: a shared memory has at least one byte"
    ),
    ("3 channel a 4 memory m max 1KiB sealed(grow)", "2:46: expected 'shrink', found 'grow'"),
    ("3 channel a 4..5 memory m max 1KiB", "2:24: a shared memory has one descriptor"),
    (
      "4 memory m max 1KiB sealed(shrink, grow)",
      "2:7: memory is shared with a host that has a channel to the worker"
    ),
    ("4..5 input", "2:12: an input has one descriptor"),
  ])
  func descriptorsContradict(_ grants: String, _ complaint: String) {
    let text = "policy w version 1\nfds { \(grants) }\n" + rest + identity
    #expect(Texts.complaint(text) == "w.sandbox:\(complaint)")
  }

  @Test func whatIsMissingIsNamed() {
    let head = "policy w version 1\n"
    #expect(Texts.complaint(head + rest) == "w.sandbox:1:8: policy 'w' lacks 'identity'")
    #expect(Texts.complaint(head + identity) == "w.sandbox:1:8: policy 'w' lacks 'namespaces'")
    let less = head + identity + "namespaces { user pid mount ipc uts net own }"
    #expect(Texts.complaint(less) == "w.sandbox:3:1: level full needs the namespace 'cgroup'")
    let weak = head + rest + "identity { uid 1 gid 1 capabilities none }"
    #expect(Texts.complaint(weak) == "w.sandbox:3:1: identity lacks 'no-new-privs'")
    let strong = head + rest + "identity { uid 1 gid 1 capabilities all no-new-privs }"
    #expect(
      Texts.complaint(strong)
        == "w.sandbox:3:37: 'capabilities all' is not supported by this version"
    )
    #expect(
      Texts.complaint("polcy w") == "w.sandbox:1:1: expected 'policy' or 'group', found 'polcy'")
    #expect(Texts.complaint("group g version 1") == "w.sandbox:1:7: 'g' is a group, not a policy")
  }
}
