internal import CMageSystem

/// The waiting of a template for requests to fork itself.
package enum TemplateService {
  /// Serves requests from descriptor `socket` until the host closes it.
  ///
  /// - Returns: `true` in a fork, which is sealed and has its own channel by then; `false` in the template, at the end.
  package static func serve(_ socket: Int32) -> Bool { mage_serve_template(socket) }
}
