/// What one connection may do (protocol section "Limits").
public struct SessionLimits: Sendable, Hashable {
    /// Messages a second, with a burst of two seconds' worth; beyond it error 502. 0 for no limit.
    public var messagesPerSecond = 2_000
    /// Bytes of messages a second, with a burst of two seconds' worth; beyond it error 502. 0 for no limit.
    public var bytesPerSecond = 16 << 20
    /// Messages that may be refused with error 502 within a minute; then 1008.
    public var rateRefusalsPerMinute = 100
    /// Messages that may be refused within a minute with errors that are not retryable; then 1008.
    public var errorsPerMinute = 20
    /// Uploads that may be on their way at once; then no more is read from the socket.
    public var uploadsInFlight = 8

    public init() {}
}
