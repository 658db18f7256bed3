import NIOCore
import PulseModel
import Synchronization

/// Where connections come in and are counted, for all event loops of a server.
final class Door: Sendable {
    enum Answer {
        case enter(ConnectionPlace)
        case refuse(Shortage)
        /// There is no room even to say so.
        case close
    }

    private let counts: Mutex<ConnectionCounts>
    private let proxies: TrustedProxies
    private let metrics: EdgeMetrics

    init(limits: ConnectionLimits, proxies: TrustedProxies, metrics: EdgeMetrics) {
        self.counts = Mutex(ConnectionCounts(limits: limits))
        self.proxies = proxies
        self.metrics = metrics
    }

    /// Admits a connection that was just accepted, or not. Whatever comes of it, it counts until the channel is closed.
    func admit(_ channel: any Channel) -> Answer {
        let peer = IPAddress(channel)
        // A trusted proxy's connections are its clients': whose, the first request says.
        let counted = peer.flatMap { self.proxies.contain($0) || $0.isLoopback ? nil : $0 }
        let arrival = self.counts.withLock {
            $0.arrive(from: counted?.network, now: .now()) { channel.close(promise: nil) }
        }
        switch arrival {
        case .refused(let shortage):
            self.metrics.refused(shortage)
            guard self.counts.withLock({ $0.beginRefusal() }) else { return .close }
            channel.closeFuture.whenComplete { _ in self.counts.withLock { $0.endRefusal() } }
            return .refuse(shortage)
        case .admitted(let serial, let dropping):
            if let dropping {
                self.metrics.dropped.add()
                dropping()
            }
            channel.closeFuture.whenComplete { _ in self.counts.withLock { $0.end(serial) } }
            return .enter(ConnectionPlace(door: self, serial: serial))
        }
    }

    fileprivate func identify(_ serial: Int, as client: RequestClient) -> Shortage? {
        let address = client.isForwarded ? client.address?.network : nil
        return self.counted { $0.identify(serial, as: address, now: .now()) }
    }

    fileprivate func claim(_ serial: Int, for user: UserID) -> Shortage? {
        self.counted { $0.claim(serial, for: user) }
    }

    fileprivate func move(_ serial: Int, to state: ConnectionCounts.State) {
        self.counts.withLock { $0.move(serial, to: state) }
    }

    func count(_ state: ConnectionCounts.State) -> Int {
        self.counts.withLock { $0.count(state) }
    }

    private func counted(_ ask: (inout ConnectionCounts) -> Shortage?) -> Shortage? {
        let shortage = self.counts.withLock { ask(&$0) }
        if let shortage { self.metrics.refused(shortage) }
        return shortage
    }
}

/// A connection's place in the counts of a server. Every call after its channel has closed is a quiet no-op.
struct ConnectionPlace: Sendable {
    fileprivate let door: Door
    fileprivate let serial: Int

    /// Counts it for the client that its first request names.
    func identify(as client: RequestClient) -> Shortage? { self.door.identify(self.serial, as: client) }

    /// Counts it for its user.
    func claim(for user: UserID) -> Shortage? { self.door.claim(self.serial, for: user) }

    func move(to state: ConnectionCounts.State) { self.door.move(self.serial, to: state) }
}

extension IPAddress {
    /// Who is at the other end of a socket; nil where that is not known any more.
    init?(_ channel: any Channel) {
        guard let text = channel.remoteAddress?.ipAddress else { return nil }
        self.init(text)
    }
}
