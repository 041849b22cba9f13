internal import CMageSystem

/// What a thread that waits by looking again and again should know of its processor.
package enum Processor {
  /// The number of the processor that runs the caller (sched_getcpu(3)): true when it was asked, and a hint from then on.
  package static var current: Int32 { mage_current_processor() }

  /// Tells the processor that the caller is in a loop that waits for memory to change.
  package static func pause() { mage_pause() }

  /// On how many processors the calling thread may run (sched_getaffinity(2)); 1 when the kernel does not say.
  package static var available: Int { max(1, Int(mage_available_processors())) }
}
