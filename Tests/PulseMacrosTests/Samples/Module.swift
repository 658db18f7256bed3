// What every file of the samples sees, as it sees the module Pulse.
@_exported import PulseModel

@_exported import struct Foundation.Date
@_exported import struct Foundation.Decimal
@_exported import struct Foundation.UUID
