import Greeting
import Mage

/// An end on its way can be sent, or bound. It cannot be called: this must not compile.
func call(_ pending: PendingRemote<Greeter>) -> Greeter.Proxy {
  Greeter.Proxy(pending)
}
