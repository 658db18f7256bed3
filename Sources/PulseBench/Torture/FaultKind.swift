import ArgumentParser

/// What can be done to a deployment under load.
enum FaultKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    // On the way from the phones, through a proxy.
    case cut
    case reset
    case halfClose = "half-close"
    case stall
    case slow
    // To processes that this program started.
    case workerKill = "worker-kill"
    case workerStop = "worker-stop"
    case workerEnd = "worker-end"
    case storeKill = "store-kill"
    case storeStop = "store-stop"
    case redisKill = "redis-kill"
    case redisStop = "redis-stop"
    case redisConnections = "redis-connections"

    enum Target { case network, worker, store, redis }

    var target: Target {
        switch self {
        case .cut, .reset, .halfClose, .stall, .slow: .network
        case .workerKill, .workerStop, .workerEnd: .worker
        case .storeKill, .storeStop: .store
        case .redisKill, .redisStop, .redisConnections: .redis
        }
    }
}
