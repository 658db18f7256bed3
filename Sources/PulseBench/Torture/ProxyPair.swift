import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A phone's connection and the one that a proxy made for it. Lives on the proxy's event loop.
final class ProxyPair {
    enum Side: Int { case phone, server }

    enum Mode { case passing, stalled, slow }

    /// How long a slow network keeps what it passes on.
    private static let delay = TimeAmount.milliseconds(100)

    private var channels: [(any Channel)?] = [nil, nil]
    private var isDelaying = [false, false]
    private var mode: Mode

    init(_ mode: Mode) {
        self.mode = mode
    }

    /// Both ends are known.
    var isOpen: Bool { channels.allSatisfy { $0?.isActive == true } }

    func join(_ channel: any Channel, as side: Side) {
        channels[side.rawValue] = channel
        if isOpen { setReading() }
    }

    // MARK: passing on

    func received(_ bytes: ByteBuffer, from side: Side) {
        guard let other = channels[1 - side.rawValue] else { return }
        guard mode == .slow else { return other.writeAndFlush(bytes, promise: nil) }
        isDelaying[side.rawValue] = true
        setReading()
        other.eventLoop.assumeIsolated().scheduleTask(in: Self.delay) {
            self.isDelaying[side.rawValue] = false
            other.writeAndFlush(bytes, promise: nil)
            self.setReading()
        }
    }

    func inputEnded(of side: Side) {
        channels[1 - side.rawValue]?.close(mode: .output, promise: nil)
    }

    func ended() {
        for channel in channels { channel?.close(promise: nil) }
    }

    /// No byte waits here but what the kernel holds, and what a slow network keeps.
    func setReading() {
        for side in [Side.phone, .server] {
            let isReading =
                mode != .stalled && !isDelaying[side.rawValue] && channels[1 - side.rawValue]?.isWritable == true
            _ = channels[side.rawValue]?.setOption(.autoRead, value: isReading)
        }
    }

    // MARK: faults

    func reset() {
        for channel in channels {
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            channel?.close(promise: nil)
        }
    }

    /// The server is told that the phone has nothing more to say.
    func halfClose() {
        channels[Side.server.rawValue]?.close(mode: .output, promise: nil)
    }

    func set(_ mode: Mode) {
        self.mode = mode
        setReading()
    }
}
