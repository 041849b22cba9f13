internal import Glibc

/// This process's number (getpid(2)).
package enum ProcessIdentity {
  package static var own: Int32 { getpid() }
  /// Whose files this process may write (geteuid(2)).
  package static var effectiveUser: UInt32 { geteuid() }
}
