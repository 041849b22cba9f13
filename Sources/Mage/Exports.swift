// One import for the author of an application: `import Mage` (or MageHost, MageWorker, which export it) brings the values that
// cross its interfaces, whatever module below defines them.
@_exported public import MagePipes
@_exported public import MageSystem
@_exported public import MageWire
