import MagePolicy
import Testing

@Suite struct JSONTests {
  private static let whole = """
    policy worker version 3
    describe "Quotes \\" and \\\\ and\\nlines"
    fds { 0 input 1..2 output 3 null }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1 gid 2 capabilities none no-new-privs }
    filesystem {
        ro "/usr/share" rw "/srv/x" tmp "/tmp" size 8MiB noexec dev null zero
        broker read "/usr/share/fonts/**" max-open 3
    }
    network { connect "127.0.0.1" port 80 connect "::1" port 443 }
    limits { memory 1GiB cpu 1500ms wall 10s wall 2s per request output 4096 threads 2 }
    ipc { rate 10/s burst 20 }
    syscalls startup {
        allow read write
        allow mmap when not (prot has PROT_EXEC and flags & 0xFF == 2) or fd in { 1, -1 }
        allow kill when pid == self
        deny close unless fd != 3
        errno EPERM { socket }
        fake setpriority = 0
        broker openat when flags == O_RDONLY|O_CLOEXEC
        allow dangerous ptrace because "a \\"debugger\\""
    }
    test "all" in startup {
        allows read(fd: 1) kills nr(500) abi x32 read errno EPERM socket fakes setpriority
    }
    """

  @Test func theJSONFormIsTheSamePolicy() throws {
    let policy = try PolicyParser.parse(Self.whole, file: "w.sandbox")
    for text in [policy.json.description, policy.json.line] {
      #expect(try PolicyParser.parseJSON(text, file: "w.json") == policy)
    }
    #expect(try PolicyParser.parse(policy.description, file: "printed") == policy)
  }

  private func complaint(_ json: String) -> String {
    do {
      _ = try PolicyParser.parseJSON(json, file: "w.json")
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    arguments: [
      ("{", "w.json:1:1: expected a name"),
      ("{\n\"policy\": 1,\n\"policy\": 2}", "w.json:3:1: 'policy' is given twice"),
      ("{} x", "w.json:1:1: something follows the value"),
      ("{\"polizy\": 1}", "w.json: unknown key 'polizy' in the policy (did you mean 'policy'?)"),
      ("{\"policy\": \"a b\"}", "w.json: 'a b' is no name"),
      (
        "{\"policy\": \"a\", \"version\": -1}",
        "w.json: 'version' of the policy is a whole number, not negative"
      ),
    ])
  func mistakesAreNamed(_ json: String, _ expected: String) { #expect(complaint(json) == expected) }

  /// A string must stay what it is in the text that is made of it.
  @Test func textCannotBeSmuggledIn() throws {
    let policy = try PolicyParser.parse(Self.whole, file: "w.sandbox")
    let json = policy.json.description
    for (old, new) in [
      ("\"read\"", "\"read write\""), ("\"EPERM\"", "\"EPERM { kill } allow\""),
      ("\"O_RDONLY|O_CLOEXEC\"", "\"O_RDONLY allow execve\""),
      ("\"allows read(fd: 1)\"", "\"} syscalls serve { allow execve\""),
      ("\"input\"", "\"input 9 null\""), ("\"own\"", "\"own } limits {\""),
    ] {
      let changed = json.replacingFirst(old, with: new)
      #expect(changed != json)
      #expect(complaint(changed) != "nothing", "\(new)")
    }
  }

  @Test func deepNestingIsRefused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(complaint(deep) == "w.json:1:1: nested too deep")
  }

  @Test func everyTruncationIsRefused() throws {
    let json = try PolicyParser.parse(Self.whole, file: "w.sandbox").json.line
    for count in stride(from: 0, to: json.utf8.count, by: 7) {
      #expect(complaint(String(json.prefix(count))) != "nothing")
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return self[..<range.lowerBound] + new + self[range.upperBound...]
  }
}
