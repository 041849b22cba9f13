public import Mage

extension Remote {
  /// A remote whose implementation is in this process: no worker, no sandbox, and the same messages with the same checks.
  ///
  /// ```swift
  /// let greeter = Greeter.Proxy(Remote(inProcess: Greeter.handlers(Doorman())))
  /// ```
  ///
  /// - Parameters:
  ///   - handlers: what answers; it lives as long as the remote.
  ///   - deadline: for calls that name none.
  public init(inProcess handlers: Handlers<Of>, deadline: Duration = .seconds(30)) {
    let pipe = MessagePipe.make()
    Receiver(pipe.second, handlers)
    self.init(pipe.first, deadline: deadline)
  }
}
