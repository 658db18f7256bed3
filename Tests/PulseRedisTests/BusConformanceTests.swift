import Foundation
import PulseEngine
import PulseRedis
import PulseTesting
import Testing

@Suite(.serialized) struct BusConformanceTests {
    @Test(arguments: BusConformance.casesOfOneWorker)
    func `The local bus keeps its promises`(conformance: BusConformance.Case) async throws {
        try await BusConformance(name: "local") { LocalBus() }.run(conformance)
    }

    @Test(arguments: BusConformance.cases)
    func `The Redis bus keeps its promises`(conformance: BusConformance.Case) async throws {
        let server = try await RedisServer()
        try await BusConformance(name: "Redis") {
            RedisBus(server.address, channel: .init(epoch: RedisBus.epoch, schema: .any)!, logger: .silent)
        }.run(conformance)
    }

    @Test(arguments: BusConformance.cases)
    func `The Redis bus keeps its promises on a cluster, also when it begins at the wrong node`(
        conformance: BusConformance.Case
    ) async throws {
        let (owner, other) = (try await RedisServer.node(), try await RedisServer.node())
        try await owner.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        try await other.command("CLUSTER", "MEET", "127.0.0.1", "\(owner.port)", "\(owner.clusterPort)")
        for node in [owner, other] {
            try await eventually("the node knows the cluster") {
                try await node.command("CLUSTER", "INFO").contains("cluster_state:ok")
            }
        }
        let address = RedisAddress("redis-cluster://127.0.0.1:\(other.port)")!
        try await BusConformance(name: "cluster") {
            RedisBus(address, channel: .init(epoch: RedisBus.epoch, schema: .any)!, logger: .silent)
        }.run(conformance)
    }

    @Test(arguments: BusConformance.casesOfOneWorker)
    func `Without a Redis its bus still keeps its promises to a worker that is alone`(
        conformance: BusConformance.Case
    ) async throws {
        let address = RedisAddress("redis://127.0.0.1:\(RedisServer.freePort())")!
        try await BusConformance(name: "Redis away") {
            RedisBus(address, channel: .init(epoch: RedisBus.epoch, schema: .any)!, logger: .silent)
        }.run(conformance)
    }

    /// A checker proves nothing until it has failed.
    @Test(arguments: DefectiveBus.Defect.allCases)
    func `The suite notices a bus with a defect`(defect: DefectiveBus.Defect) async throws {
        let server = try await RedisServer()
        var failures: [String] = []
        for conformance in BusConformance.cases where failures.isEmpty {
            let suite = BusConformance(name: "\(defect)", patience: .seconds(3)) {
                let bus = RedisBus(
                    server.address, channel: .init(epoch: RedisBus.epoch, schema: .any)!, logger: .silent)
                return DefectiveBus(bus, with: defect)
            }
            do {
                try await suite.run(conformance)
            } catch {
                failures.append("\(error)")
            }
        }
        #expect(failures.first?.hasPrefix("\(defect): ") == true)
    }
}
