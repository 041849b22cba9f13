internal import ExampleSupport
internal import Glibc

/// Lines on standard error, as a service manager collects them.
enum Log {
  static func write(_ text: String) { Output.write("image-service: \(text)\n", to: STDERR_FILENO) }
}
