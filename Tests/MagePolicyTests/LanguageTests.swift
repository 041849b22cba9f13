import MagePolicy
import Testing

/// Words of the language that stand for something the host does.
@Suite struct LanguageTests {
  /// A policy that says all of it, in text.
  static let text = """
    policy worker version 1
    require level full
    fds { 3 channel host 4 memory frames max 64MiB sealed(shrink, grow) }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 1 capabilities none no-new-privs }
    filesystem { root empty proc minimal }
    network { connect "example.com" port 443 connect "::1" port 80 connect "a-1.b" port 1 }
    ipc { grace 0 }
    syscalls startup {
        allow execveat when flags == AT_EMPTY_PATH once
        allow dangerous chroot once because "a test"
    }
    syscalls serve { allow read when fd == fd.frames }
    """

  @Test func itIsTheSameInSwiftAndInJSONAndPrinted() throws {
    let written = try Texts.parse(Self.text)
    let built = Policy("worker", version: 1) {
      Require(.full)
      Descriptors(.channel(3, "host"), .memory(4, MemoryGrant(name: "frames", size: .mib(64))))
      Namespaces(network: .own)
      Identity(uid: 1, gid: 1)
      Files(.processes(.minimal))
      Network(
        ConnectGrant(host: "example.com", port: 443), ConnectGrant(host: "::1", port: 80),
        ConnectGrant(host: "a-1.b", port: 1))
      Startup {
        AllowOnce(.execveat) { $0.flags == .AT_EMPTY_PATH }
      }
      Serve { Allow(.read) { $0.fd == 4 } }
    }
    let chroot = Rule(.once, "chroot", dangerousReason: "a test")
    #expect(written.startup == PhaseRules(built.startup.rules + [chroot]))
    var whole = built
    whole.startup = written.startup
    #expect(written == whole)
    #expect(try Texts.parse(written.description) == written)
    #expect(try PolicyParser.parseJSON(written.json.line, file: "w.json") == written)
  }

  @Test func onceIsWeakerThanBrokerAndStrongerThanAllow() throws {
    func verdict(_ rules: String) throws -> RuleAction? {
      try Texts.parse(Texts.serve(rules)).verdict(on: "openat", arguments: [], in: .serve).action
    }
    #expect(try verdict("allow openat once allow openat") == .once)
    #expect(try verdict("allow openat once broker openat") == .broker)
    #expect(try verdict("deny openat allow openat once") == .deny)
  }

  @Test(arguments: [
    "", ".", "a..b", "-a", "a-", "a b", "a/b", "exa_mple", "a\\n", "::g", "1:2%eth0",
    String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "aa",
  ])
  func whatIsNoHostIsRefused(_ host: String) {
    let text = Texts.head + "network { connect \"\(host)\" port 80 }"
    #expect(Texts.complaint(text).hasPrefix("w.sandbox:5:19: a host is"))
  }
}
