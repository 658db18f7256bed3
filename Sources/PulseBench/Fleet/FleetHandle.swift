import NIOCore
import NIOPosix

/// A fleet, held from outside its event loop.
struct FleetHandle: Sendable {
    let loop: any EventLoop
    private let fleet: NIOLoopBound<Fleet>

    /// - Throws: when an address is unknown.
    static func make(_ plan: FleetPlan, on loop: any EventLoop) async throws -> FleetHandle {
        var addresses: [SocketAddress] = []
        for endpoint in plan.endpoints {
            addresses.append(
                try await NIOThreadPool.singleton.runIfActive {
                    try SocketAddress.makeAddressResolvingHost(endpoint.hop.host, port: endpoint.hop.port)
                })
        }
        let resolved = addresses
        return try await loop.submit {
            FleetHandle(loop: loop, fleet: NIOLoopBound(Fleet(plan, on: loop, at: resolved), eventLoop: loop))
        }.get()
    }

    func ask<Value: Sendable>(_ body: @escaping @Sendable (Fleet) -> Value) async throws -> Value {
        try await loop.submit { [fleet] in body(fleet.value) }.get()
    }

    /// Waits until most phones are there.
    ///
    /// - Throws: `BenchError` when nobody can connect.
    func gather(patience: Double) async throws {
        try await ask { $0.start() }
        let deadline = NIODeadline.now() + .seconds(of: patience)
        while try await ask({ $0.tally.connections * 2 < $0.plan.phones }) {
            guard NIODeadline.now() < deadline else {
                throw BenchError(.connectFailed, "fewer than half of the phones could connect")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends the load, waits until everything is answered and everywhere, and judges what has come of it.
    ///
    /// - Parameter patience: seconds for which nothing may happen before that is judged; after 12 times that it is judged
    ///   anyway.
    func settle(patience: Double) async throws {
        try await ask { $0.rest() }
        let isAnswered = try await quiet(patience) { $0.unfinished == 0 }
        try await ask { $0.audit() }
        let isEverywhere = try await quiet(patience) { $0.unfinished == 0 && $0.hasConverged }
        // What is sent twice, or to the wrong phone, comes now.
        try await Task.sleep(for: .milliseconds(300))
        try await ask {
            if !isAnswered {
                $0.checker.found(.stuck, "\(Report.fixed(patience, 0)) s after the load, uploads are not answered")
            }
            $0.judge()
            if !isEverywhere, $0.checker.counts.isEmpty {
                $0.checker.found(.stuck, "the fleet does not come to rest: \($0.unfinished) phones are not done")
            }
            $0.end()
        }
    }

    /// Whether `isDone` became true before nothing happened any more, and before it took too long.
    private func quiet(_ patience: Double, _ isDone: @escaping @Sendable (Fleet) -> Bool) async throws -> Bool {
        try await Run.settle(
            patience: .seconds(of: patience), until: .now() + .seconds(of: 12 * patience), every: .milliseconds(50)
        ) {
            try await ask { $0.tally.updates + $0.tally.acks }
        } isDone: {
            try await ask(isDone)
        }
    }
}
