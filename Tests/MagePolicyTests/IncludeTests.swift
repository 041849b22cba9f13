import Glibc
import MagePolicy
import Testing

@Suite struct IncludeTests {
  private func complaint(_ files: [String: String], _ first: String) -> String {
    do {
      let text = Texts.head + "include \"\(first)\""
      _ = try PolicyParser.parse(text, file: "w.sandbox") { name throws(IncludeFailure) in
        guard let text = files[name] else {
          throw IncludeFailure("no '\(name)'", known: Array(files.keys))
        }
        return text
      }
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func aGroupGivesItsRulesWithTheirPlaces() throws {
    let group = "group g version 3\nsyscalls serve {\n  allow recvmsg when fd == fd.host\n}"
    let text = Texts.head + "include \"base/g.sandbox\" version 3"
    let policy = try PolicyParser.parse(text, file: "w.sandbox") { _ throws(IncludeFailure) in group
    }
    let rule = try #require(policy.serve.rules.first)
    #expect(rule.position == SourcePosition(file: "base/g.sandbox", line: 3, column: 3))
    #expect(rule.condition == .comparison(Comparison("fd", .equal(ConstantValue(3)))))
  }

  @Test(arguments: [
    "/etc/passwd", "../x.sandbox", "base/../x.sandbox", "", "base//x", ".hidden", "a b", "base/",
  ])
  func namesStayInsideTheLibrary(_ name: String) {
    #expect(
      complaint([name: "group g version 1"], name)
        == "w.sandbox:5:9: an include is a name inside the library: no leading '/', no '..'")
  }

  @Test func cyclesAndDepthAreRefused() {
    let cycle = [
      "a": "group a version 1\ninclude \"b\"", "b": "group b version 1\ninclude \"a\"",
    ]
    #expect(complaint(cycle, "a") == "b:2:9: 'a' includes itself")
    func chain(_ length: Int) -> [String: String] {
      var files: [String: String] = ["f\(length)": "group g version 1"]
      for i in 1..<length { files["f\(i)"] = "group g version 1\ninclude \"f\(i + 1)\"" }
      return files
    }
    #expect(complaint(chain(8), "f1") == "nothing")
    #expect(complaint(chain(9), "f1") == "f8:2:9: includes nest deeper than 8")
  }

  @Test func soManyGroupsAndNoMore() throws {
    func complaint(_ count: Int) -> String {
      let includes = (0..<count).map { "include \"g\($0)\"\n" }.joined()
      do {
        _ = try PolicyParser.parse(Texts.head + includes, file: "w") {
          name throws(IncludeFailure) in
          "group \(name) version 1"
        }
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    #expect(complaint(64) == "nothing")
    #expect(complaint(65) == "w:69:9: more than 64 groups are included")
  }

  @Test func theOrderOfIncludesMeansNothing() throws {
    let files = [
      "a": "group a version 1 syscalls serve { allow read deny kill allow mmap when prot == 1 }",
      "b": "group b version 1 syscalls serve { allow kill errno EPERM { socket } allow mmap }",
      "c": "group c version 1 syscalls startup { allow openat fake setpriority = 0 }",
    ]
    func policy(_ order: String) throws -> Policy {
      let includes = order.map { "include \"\($0)\" " }.joined()
      return try PolicyParser.parse(Texts.head + includes, file: "w") {
        name throws(IncludeFailure) in files[name] ?? ""
      }
    }
    let first = try policy("abc")
    for order in ["acb", "bac", "bca", "cab", "cba"] { #expect(try policy(order) == first) }
  }

  @Test func aMistakeInAGroupIsReportedThere() {
    let files = ["g": "group g version 1\nsyscalls serve { allow raed }"]
    #expect(complaint(files, "g") == "g:2:24: unknown system call 'raed' (did you mean 'read'?)")
    #expect(
      complaint(files, "h") == "w.sandbox:5:9: no 'h' (did you mean 'g'?)")
    #expect(
      complaint(["g": "group g version 1\nlimits { }"], "g")
        == "g:2:1: 'limits' belongs in a policy, not in a group")
    #expect(
      complaint(["g": "policy g version 1"], "g")
        == "w.sandbox:5:9: 'g' is a policy; only groups are included")
    #expect(
      complaint(["g": "group g version 2"], "g\" version 1 include \"g")
        == "w.sandbox:5:21: 'g' is version 2, not 1")
  }

  @Test func aGroupIncludedTwiceCountsOnce() throws {
    let files = [
      "a": "group a version 1 include \"c\"", "b": "group b version 1 include \"c\"",
      "c": "group c version 1 syscalls serve { allow read }",
    ]
    let text = Texts.head + "include \"a\" include \"b\" include \"c\""
    let policy = try PolicyParser.parse(text, file: "w") { name throws(IncludeFailure) in
      files[name] ?? ""
    }
    #expect(policy.serve == PhaseRules([Rule(.allow, "read")]))
  }

  @Test func aLibraryFollowsNoSymbolicLink() throws {
    var template = Array("/tmp/policy-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let directory = String(cString: made)
    defer { for name in ["/in.sandbox", "/out.sandbox", ""] { remove(directory + name) } }
    let file = try #require(fopen(directory + "/in.sandbox", "w"))
    fputs(Texts.head.replacing("worker", with: "in"), file)
    fclose(file)
    symlink("in.sandbox", directory + "/out.sandbox")
    let library = PolicyLibrary(directory: directory)
    #expect(try library.policy(named: "in").name == "in")
    #expect(try library.policy(atPath: directory + "/in.sandbox").name == "in")
    #expect(throws: PolicyError.self) { try library.policy(named: "../in") }
    var complaints: [String] = []
    for name in ["out", "im"] {
      do { _ = try library.policy(named: name) } catch { complaints.append("\(error)") }
    }
    #expect(
      complaints == [
        "out.sandbox: 'out.sandbox' leads through a symbolic link",
        "im.sandbox: cannot read 'im.sandbox': ENOENT (did you mean 'in'?)",
      ])
  }
}
