// A host's author writes `import MageHost` and has pipes and policies with it.
@_exported public import Mage
@_exported public import MagePolicy
