import PulseEngine
import PulseModel

extension CopyConformance {
    /// What may become of a record on its way.
    private static let alterations: [(name: String, alter: @Sendable (Record) -> Record)] = [
        ("has another model", { $0.changed(model: StoreConformance.setting) }),
        ("has another sync id", { $0.changed(syncID: StoreConformance.id(77)) }),
        ("has another scope", { $0.changed(scope: StoreConformance.user("01")) }),
        ("has another id", { $0.changed(id: 77) }),
        ("has another version", { $0.changed(version: Version(2)) }),
        ("is deleted", { $0.changed(state: .deleted) }),
        ("has other fields", { $0.changed(fields: Draft.fields(title: "")) }),
        ("has another writer", { $0.changed(origin: .init(writer: UserID("1")!, base: .zero)) }),
        ("has another base", { $0.changed(origin: .init(writer: nil, base: Version(1))) }),
        ("was created at another time", { $0.changed(created: Timestamp(microseconds: 0)) }),
        ("was updated at another time", { $0.changed(updated: Timestamp(microseconds: 0)) }),
    ]

    static let defectCases =
        alterations.map { alteration in
            Case("A copy in which a record \(alteration.name) is not completed") { suite in
                let error = try await suite.failure { page in
                    page.records.map { $0.version == Version(3) ? alteration.alter($0) : $0 }
                }
                guard case .different = error else { throw error }
            }
        } + [
            Case("A copy without one of the source's records is not completed") { suite in
                let error = try await suite.failure { page in page.records.filter { $0.version != Version(3) } }
                guard case .different(_, _, sourceCount: 7, targetCount: 6) = error else { throw error }
            },
            Case("A copy with a record that the source does not have is not completed") { suite in
                let error = try await suite.failure { page in
                    page.records.flatMap { record in
                        guard record.version == Version(1) else { return [record] }
                        return [record, record.changed(syncID: StoreConformance.id(77), id: 2, version: Version(2))]
                    }
                }
                guard case .different(_, _, sourceCount: 7, targetCount: 8) = error else { throw error }
            },
            Case("A copy with a record behind the source's head is not completed") { suite in
                let error = try await suite.failure { page in
                    page.records
                        + page.records.suffix(1).map {
                            $0.changed(syncID: StoreConformance.id(77), id: 9, version: Version(9))
                        }
                }
                guard case .differentHead(source: Version(8), target: Version(9)) = error else { throw error }
            },
        ]

    /// How a copy fails whose target takes something else than it is given.
    private func failure(taking change: @escaping @Sendable (LogPage) -> [Record]) async throws -> CopyError {
        let source = try await makeSmallSource()
        let target = try await makeTarget()
        let error = try await expectError(CopyError.self, "the copy") {
            try await source.copy(
                to: target,
                onTake: { page, store throws(StoreError) in
                    let records = change(page)
                    let reached = max(page.reached, records.last?.version ?? .zero)
                    try await store.take(LogPage(records: records, reached: reached))
                })
        }
        try await target.expectUnfinished()
        return error
    }
}

extension Record {
    fileprivate func changed(
        model: ModelName? = nil, syncID: SyncID? = nil, id: Int64? = nil, version: Version? = nil,
        scope: Scope? = nil, state: State? = nil, fields: FieldValues? = nil, origin: Origin? = nil,
        created: Timestamp? = nil, updated: Timestamp? = nil
    ) -> Record {
        Record(
            key: RecordKey(model: model ?? key.model, syncID: syncID ?? key.syncID), id: id ?? self.id,
            version: version ?? self.version, scope: scope ?? self.scope, state: state ?? self.state,
            fields: fields ?? self.fields, origin: origin ?? self.origin, created: created ?? self.created,
            updated: updated ?? self.updated)
    }
}
