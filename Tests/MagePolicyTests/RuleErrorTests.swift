import MagePolicy
import Testing

/// Mistakes in rules: each is refused at its place. The rule is line 6 of the file.
@Suite struct RuleErrorTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    var rule: String
    var complaint: String
    var testDescription: String { rule }

    init(_ rule: String, _ complaint: String) {
      self.rule = rule
      self.complaint = complaint
    }
  }

  static let names = [
    Mistake("allow raed", "6:7: unknown system call 'raed' (did you mean 'read'?)"),
    Mistake("allow read wirte", "6:12: unknown system call 'wirte' (did you mean 'write'?)"),
    Mistake("allow qqqqqqqqqqqq", "6:7: unknown system call 'qqqqqqqqqqqq'"),
    Mistake(
      "allow mmap when not prot has PROT_EXCE",
      "6:30: unknown constant 'PROT_EXCE' (did you mean 'PROT_EXEC'?)"),
    Mistake(
      "allow mmap when pro == 1", "6:17: unknown argument of mmap 'pro' (did you mean 'prot'?)"),
    Mistake("errno EPREM { socket }", "6:7: unknown errno 'EPREM' (did you mean 'EPERM'?)"),
    Mistake(
      "alow read", "6:1: unknown rule 'alow' (did you mean 'allow'?)"),
    Mistake(
      "allow recvmsg when fd == fd.hots", "6:26: unknown descriptor 'hots' (did you mean 'host'?)"),
    Mistake("deny kill unless pid == selv", "6:25: unknown constant 'selv'"),
  ]

  static let meaning = [
    Mistake(
      "allow read when buf == 0",
      "6:17: 'buf' of read is a pointer, and a filter cannot see behind it"),
    Mistake("allow close when fd == 4294967296", "6:24: '4294967296' does not fit 'fd'"),
    Mistake("allow close when fd == 1|8589934592", "6:26: '8589934592' does not fit 'fd'"),
    Mistake("allow open when mode == 65536", "6:25: '65536' does not fit 'mode'"),
    Mistake(
      "allow openat when flags & O_CREAT == O_TRUNC",
      "6:38: 'O_TRUNC' has bits outside 'O_CREAT'"),
    Mistake("allow uselib when fd == 1", "6:19: the arguments of 'uselib' are not in the table"),
    Mistake(
      "errno EPERM { exit_group }", "6:15: 'exit_group' cannot fail: a process would hang"),
    Mistake("fake exit = 0", "6:6: 'exit' cannot fail: a process would hang"),
    Mistake(
      "errno ENOSYS { rt_sigreturn }", "6:16: 'rt_sigreturn' cannot fail: a process would hang"),
    Mistake(
      "allow clone3",
      "6:7: clone3 always gets ENOSYS, since its flags cannot be seen; write no rule"),
    Mistake(
      "errno ENOSYS { clone3 }",
      "6:16: clone3 always gets ENOSYS, since its flags cannot be seen; write no rule"),
  ]

  static let danger = [
    Mistake(
      "allow ptrace", "6:7: 'ptrace' is dangerous: write 'allow dangerous ptrace because \"…\"'"),
    Mistake(
      "allow io_uring_enter",
      "6:7: 'io_uring_enter' is dangerous: write 'allow dangerous io_uring_enter because \"…\"'"),
    Mistake(
      "allow clone", "6:7: 'clone' is dangerous: write 'allow dangerous clone because \"…\"'"),
    Mistake("allow dangerous ptrace", "7:1: expected 'because', found '}'"),
    Mistake("allow dangerous ptrace because \"  \"", "6:17: a dangerous call needs a reason"),
    Mistake(
      "allow dangerous read because \"x\"", "6:17: 'read' is not dangerous: write 'allow read'"),
    Mistake(
      "allow dangerous seccomp because \"x\"",
      "6:17: 'seccomp' cannot be allowed once the worker is sealed"),
  ]

  static let unsupported = [
    Mistake("broker read", "6:8: only openat, open, connect can be brokered"),
    Mistake(
      "deny read once",
      "6:11: 'once' belongs to 'allow', after the condition and before 'because'"),
  ]

  static let form = [
    Mistake("allow", "7:1: expected the name of a system call, found '}'"),
    Mistake("allow { read", "8:1: expected a rule or '}', found the end of the file"),
    Mistake("allow read when", "7:1: expected an argument's name, found '}'"),
    Mistake("allow read when fd", "7:1: expected '==', '!=', 'has' or 'in', found '}'"),
    Mistake("allow read when fd = 3", "6:20: expected '==', '!=', 'has' or 'in', found '='"),
    Mistake("allow read when (fd == 3", "7:1: expected ')', found '}'"),
    Mistake("allow read when fd in { 3 4 }", "6:27: expected '}', found '4'"),
    Mistake("allow read when fd == 3x", "6:23: expected a constant or a number, found '3x'"),
    Mistake("fake setpriority", "7:1: expected '=', found '}'"),
    Mistake("allow read when fd == 99999999999999999999", "6:23: number too large"),
    Mistake("allow read ; write", "6:12: unexpected character U+3B"),
    Mistake(
      "allow read when " + String(repeating: "(", count: 40),
      "6:49: a condition nested deeper than 32"),
    Mistake(
      "allow read when fd == 0" + String(repeating: " or fd == 1", count: 70),
      "6:721: a condition with more than 64 comparisons"),
  ]

  @Test(arguments: names + meaning + danger + unsupported + form)
  func isRefusedAtItsPlace(_ mistake: Mistake) {
    #expect(Texts.complaint(Texts.serve(mistake.rule)) == "w.sandbox:\(mistake.complaint)")
  }

  @Test func whatIsRightIsNotRefused() {
    for rule in [
      "allow read", "allow dangerous ptrace because \"a debugger\"", "deny ptrace exit",
      "errno EPERM { ptrace }", "allow clone when flags == THREAD_FLAGS",
      "allow newfstatat when dirfd == AT_FDCWD", "allow close when fd == -1",
      "allow read when (((fd == 3)))", "allow read when not not fd == 3",
      "allow openat when flags & O_ACCMODE == O_RDONLY", "allow uselib",
      "broker openat when flags == O_RDONLY", "allow ?statx", "allow ?not_yet_a_call",
      "deny kill unless pid == self", "allow mmap when prot == 1<<3",
    ] {
      #expect(Texts.complaint(Texts.serve(rule)) == "nothing", "\(rule)")
    }
  }
}
