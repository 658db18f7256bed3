// One import gives an application everything that its models are written with.
@_exported import PulseApp
@_exported import PulseEngine
@_exported import PulseModel

@_exported import struct Foundation.Date
@_exported import struct Foundation.Decimal
@_exported import struct Foundation.UUID
