import Glibc
import MagePolicy
import Testing

/// Policy files that somebody else may have written.
@Suite final class TrustTests {
  private let directory: String
  private let library: PolicyLibrary

  init() throws {
    var template = Array("/tmp/policy-XXXXXX".utf8CString)
    directory = String(cString: try #require(mkdtemp(&template)))
    library = PolicyLibrary(directory: directory)
    mkdir(directory + "/base", 0o755)
    write("in.sandbox", Texts.head.replacing("worker", with: "in"))
    write(
      "with.sandbox", Texts.head.replacing("worker", with: "with") + "include \"base/g.sandbox\"")
    write("base/g.sandbox", "group g version 1")
  }

  deinit {
    for name in ["in.sandbox", "with.sandbox", "base/g.sandbox", "fifo.sandbox", "link.sandbox"] {
      unlink("\(directory)/\(name)")
    }
    for name in ["/base", "/linked", ""] { remove(directory + name) }
  }

  private func write(_ name: String, _ text: String) {
    guard let file = fopen("\(directory)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
    chmod("\(directory)/\(name)", 0o644)
  }

  private func complaint(_ name: String) -> String {
    do {
      _ = try library.policy(named: name)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  private func complaint(atPath name: String) -> String {
    do {
      _ = try library.policy(atPath: "\(directory)/\(name)")
      return "nothing"
    } catch {
      return error.message.replacing(directory, with: "D")
    }
  }

  @Test func filesOfOnesOwnAreRead() {
    #expect(complaint("in") == "nothing")
    #expect(complaint("with") == "nothing")
    #expect(complaint(atPath: "in.sandbox") == "nothing")
  }

  @Test(arguments: [0o664, 0o646, 0o666]) func aFileThatOthersCanWriteIsRefused(_ mode: mode_t) {
    chmod(directory + "/in.sandbox", mode)
    let reason = "can be written by other users: run 'chmod go-w' on it"
    #expect(complaint("in") == "in.sandbox: 'in.sandbox' \(reason)")
    #expect(complaint(atPath: "in.sandbox") == "'D/in.sandbox' \(reason)")
  }

  @Test func soIsAnIncludedOne() {
    chmod(directory + "/base/g.sandbox", 0o666)
    #expect(
      complaint("with")
        == "with.sandbox:5:9: 'base/g.sandbox' can be written by other users: run 'chmod go-w' on it"
    )
  }

  @Test(arguments: ["", "/base"]) func soIsADirectoryThatOthersCanWrite(_ folder: String) {
    chmod(directory + folder, 0o777)
    #expect(complaint("with").contains("the directory of"))
    #expect(complaint("with").hasSuffix("can be written by other users: run 'chmod go-w' on it"))
    // Where nobody can take away another's file it is all right, as in /tmp.
    chmod(directory + folder, 0o1777)
    #expect(complaint("with") == "nothing")
  }

  @Test func aFileReadByItsPathHasADirectoryToo() {
    chmod(directory, 0o777)
    #expect(complaint(atPath: "in.sandbox").contains("the directory of"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func soIsOneOfAnotherUser() {
    chown(directory + "/in.sandbox", 4711, 4711)
    #expect(
      complaint("in")
        == "in.sandbox: 'in.sandbox' belongs to user 4711, who could change it: make it root's or your own"
    )
    chown(directory + "/base", 4711, 4711)
    #expect(complaint("with").contains("belongs to user 4711"))
  }

  @Test func aFifoIsNotIncluded() {
    mkfifo(directory + "/fifo.sandbox", 0o600)
    write(
      "with.sandbox", Texts.head.replacing("worker", with: "with") + "include \"fifo.sandbox\"")
    #expect(complaint("with") == "with.sandbox:5:9: 'fifo.sandbox' is no regular file")
  }

  /// What is read again is what the file says then, or an error: nothing is remembered.
  @Test func aFileThatChangesIsReadAnew() throws {
    let before = try library.policy(named: "with")
    write("base/g.sandbox", "group g version 1 syscalls serve { allow read }")
    #expect(try library.policy(named: "with") != before)
    write("base/g.sandbox", "group g version 1 syscalls serve { allow raed }")
    #expect(complaint("with").contains("unknown system call 'raed'"))
    write("base/g.sandbox", "group g version 1")
    #expect(try library.policy(named: "with") == before)
  }

  @Test func linksAndWhatIsNoFileAreRefused() {
    symlink("in.sandbox", directory + "/link.sandbox")
    symlink("base", directory + "/linked")
    mkfifo(directory + "/fifo.sandbox", 0o600)
    #expect(complaint("link") == "link.sandbox: 'link.sandbox' leads through a symbolic link")
    #expect(complaint("fifo") == "fifo.sandbox: 'fifo.sandbox' is no regular file")
    #expect(complaint(atPath: "fifo.sandbox") == "'D/fifo.sandbox' is no regular file")
    #expect(complaint(atPath: "base") == "'D/base' is no regular file")
    write(
      "with.sandbox", Texts.head.replacing("worker", with: "with") + "include \"linked/g.sandbox\"")
    #expect(
      complaint("with")
        == "with.sandbox:5:9: 'linked/g.sandbox' leads through a symbolic link")
  }

  @Test func whatIsTooLargeOrNoTextIsRefused() {
    write("in.sandbox", String(repeating: "#", count: 10 << 20))
    #expect(
      complaint("in") == "in.sandbox: 'in.sandbox' is larger than 256 KiB; a policy is a page")
    chmod(directory + "/in.sandbox", 0o644)
    let file = open(directory + "/in.sandbox", O_WRONLY | O_TRUNC)
    var bytes: [UInt8] = [0xFF, 0xFE, 0]
    _ = Glibc.write(file, &bytes, 3)
    close(file)
    #expect(complaint("in") == "in.sandbox: 'in.sandbox' is not UTF-8")
  }
}
