internal import Glibc

/// This process's number (getpid(2)).
package enum ProcessIdentity {
  package static var own: Int32 { getpid() }
}
