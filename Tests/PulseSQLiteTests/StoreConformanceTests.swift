import PulseTesting
import Testing

/// A checker proves nothing until it has failed.
@Suite struct StoreConformanceTests {
    @Test(arguments: DefectiveStore.Defect.allCases)
    func `The suite notices a store with a defect`(defect: DefectiveStore.Defect) async throws {
        let directory = try Directory()
        var failures: [String] = []
        for (index, conformance) in StoreConformance.cases.enumerated() where failures.isEmpty {
            let suite = StoreConformance(name: "\(defect)") {
                let path = directory.path + "/\(index).db"
                return DefectiveStore(try directory.store(at: path), with: defect)
            }
            do {
                try await suite.run(conformance)
            } catch let failure as StoreConformance.Failure {
                failures.append(failure.description)
            }
        }
        #expect(failures.first?.hasPrefix("\(defect): ") == true)
    }
}
