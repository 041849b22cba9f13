// A test's author writes `import MageTesting` and has pipes and interfaces with it.
@_exported public import Mage
