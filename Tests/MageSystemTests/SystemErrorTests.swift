import MageSystem
import Testing

@Suite struct SystemErrorTests {
  @Test func anErrorNamesItsCallAndItsErrno() {
    let error = SystemError("open(x)", errno: 2)
    #expect(error.description == "open(x): ENOENT")
    #expect(SystemError("x", errno: 4242).errnoName == "errno 4242")
  }

  @Test func aNegatedErrnoBecomesAnErrorAndAValueComesBack() throws {
    #expect(try check("read", 7) == 7)
    #expect(try check("read", 0) == 0)
    #expect(throws: SystemError("read", errno: 11)) { try check("read", Int64(-11)) }
  }

  @Test func notNowAndGoneAreToldApart() {
    #expect(SystemError("x", errno: Errno.again).isWouldBlock)
    #expect(!SystemError("x", errno: Errno.again).isPeerGone)
    for errno in [Errno.brokenPipe, Errno.connectionReset, Errno.notConnected] {
      #expect(SystemError("x", errno: errno).isPeerGone)
      #expect(!SystemError("x", errno: errno).isWouldBlock)
    }
  }
}
