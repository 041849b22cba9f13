internal import ArgumentParser

@main
enum Main {
  static func main() async {
    if CommandLine.arguments.dropFirst().first == RunCommand.configuration.commandName {
      EarlyHost.start()
    }
    await Mage.main()
  }
}

/// The command line of the framework.
struct Mage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mage",
    abstract: "Runs programs in a sandbox, and explains what a sandbox lets through.",
    discussion: """
      Examples:
        mage run -- /bin/echo hello
        mage run --policy judge --cpu 2s --memory 256MiB --report report.json -- ./solution
        mage policy explain judge mmap --prot 5
        mage attack --policy judge
        mage top
        mage doctor

      Shell completion: mage --generate-completion-script bash|zsh|fish
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, PolicyCommand.self, AttackCommand.self, TortureCommand.self,
      TopCommand.self, DoctorCommand.self,
    ])
}
