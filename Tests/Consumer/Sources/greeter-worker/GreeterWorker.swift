import Greeting
import MageWorker

@main
struct GreeterWorker {
  static func main() {
    Worker.run { pipe in Receiver(pipe, Greeter.handlers(Doorman())) }
  }
}
