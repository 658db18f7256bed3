import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

/// A checker proves nothing until it has failed.
@Suite struct CopyConformanceTests {
    @Test(arguments: DefectiveTarget.Defect.allCases)
    func `The suite notices a target with a defect`(defect: DefectiveTarget.Defect) async throws {
        let suite = CopyConformance(
            name: "\(defect)", makeSource: { try Directory() },
            makeTarget: { DefectivePlace(directory: try Directory(), defect: defect) })
        var failure: StoreConformance.Failure?
        for conformance in CopyConformance.cases where failure == nil {
            do {
                try await suite.run(conformance)
            } catch let error as StoreConformance.Failure {
                failure = error
            }
        }
        #expect(failure?.description.hasPrefix("\(defect): ") == true)
    }
}

/// A place of stores that are defective as targets.
private struct DefectivePlace: StorePlace {
    let directory: Directory
    let defect: DefectiveTarget.Defect

    func open(_ schema: Schema) async throws(StoreError) -> any ChangeStore {
        if defect == .servesUnfinished { try await SQLiteStore(copyingTo: directory.file).endCopy(at: [:]) }
        return try await directory.open(schema)
    }

    func openForCopying() async throws(StoreError) -> any CopyableStore {
        DefectiveTarget(store: try SQLiteStore(copyingTo: directory.file), defect: defect)
    }
}
