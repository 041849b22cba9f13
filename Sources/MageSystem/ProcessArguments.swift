internal import CMageSystem

/// The arguments that this process was executed with (execve(2)).
package enum ProcessArguments {
  /// As they are in memory; the first is the program. Bytes that are not UTF-8 are replaced.
  package static var all: [String] {
    var count: Int32 = 0
    guard let arguments = unsafe mage_process_arguments(&count) else { return [] }
    return (0..<Int(count)).compactMap { index in
      guard let argument = unsafe arguments[index] else { return nil }
      return unsafe String(cString: argument)
    }
  }
}
