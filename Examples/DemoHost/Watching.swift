internal import MageHost
internal import MageObserve
internal import MageSystem

/// Lets others look at the run, when that was asked for.
struct Watching {
  private let observer: HostObserver?
  private let page: HostPage?

  /// - Parameter path: of the socket; `-` for the one that `mage top` looks for.
  init(_ host: Host, at path: String?, page wantsPage: Bool, _ console: Console) throws(DemoFailure)
  {
    do throws(SystemError) {
      observer =
        if let path { try HostObserver(host, at: path == "-" ? nil : path) } else { nil }
      page = wantsPage ? try HostPage(host) : nil
    } catch {
      throw DemoFailure(status: ExitStatus.noOutput, text: "cannot be looked at: \(error)")
    }
    if let page { Console.complain("the run is at \(page.address)") }
  }

  func end() async {
    await observer?.close()
    await page?.close()
  }
}
