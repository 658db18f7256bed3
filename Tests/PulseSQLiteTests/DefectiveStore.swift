import PulseEngine
import PulseModel
import Synchronization

/// A good store with one defect, to see whether the conformance suite notices.
final class DefectiveStore: ChangeStore {
    enum Defect: String, CaseIterable {
        case leavesGaps, reusesVersions, writesWhatWasNotDecided, forgetsTombstones, loadsNothing
        case losesOrigin, losesHistory, losesStamps, losesParents, findsTooLateByStamp, findsTooEarlyByStamp
        case cutsTextAtNUL, normalisesNames
        case headLagsBehind, readLagsBehind, losesOneRecordInFifty, repeatsARecord, readsBackwards, readsBehindTheEnd
        case ignoresScopes, ignoresModels, ignoresWhereLanesBegin, reachesTooFar, reachesTooShort, readsFromOneLane
        case showsHalfACommit, changesItsEpoch
        case purgesAllAtOnce, purgesWhatIsLeft, purgesTooFar, forgetsFloors
    }

    private let store: any ChangeStore
    private let defect: Defect
    private let staleHead = Mutex(Version.zero)

    init(_ store: any ChangeStore, with defect: Defect) {
        self.store = store
        self.defect = defect
    }

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (LogHead, [RecordKey: PulseModel.Record]) -> (changes: [PulseModel.Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        let defect = defect
        let count = Mutex(0)
        let loaded = defect == .loadsNothing ? [] : keys
        return try await store.commit(loading: loaded) { head, records in
            switch defect {
            case .leavesGaps: return decide(LogHead(at: Version(head.version.number * 2)), records)
            case .reusesVersions: return decide(LogHead(at: Version(head.version.number % 3)), records)
            case .forgetsTombstones: return decide(head, records.filter { $0.value.state != .erased })
            case .writesWhatWasNotDecided:
                count.withLock { $0 += 1 }
                let (changes, outcome) = decide(head, records)
                return (changes.isEmpty ? records.values.map { $0.moved(to: head.version.next) } : changes, outcome)
            case .losesOrigin:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.changed(origin: .init(writer: nil, base: .zero)) }, outcome)
            case .losesHistory:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.changed(history: RecordHistory.none) }, outcome)
            case .losesStamps:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.changed(stamp: HybridTime(ticks: $0.version.number)) }, outcome)
            case .losesParents:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.changed(parent: .some(nil)) }, outcome)
            case .cutsTextAtNUL:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.cutAtNUL() }, outcome)
            case .normalisesNames:
                let (changes, outcome) = decide(head, records)
                return (changes.map { $0.composed() }, outcome)
            default: return decide(head, records)
            }
        }
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version {
        switch defect {
        case .findsTooEarlyByStamp: try await store.version(at: HybridTime(ticks: stamp.ticks - 1))
        case .findsTooLateByStamp: try await store.version(at: stamp).next
        default: try await store.version(at: stamp)
        }
    }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage {
        let page = try await store.read(damaged(query))
        switch defect {
        case .readLagsBehind:
            let head = try await store.head()
            return LogPage(records: page.records.filter { $0.version < head }, reached: page.reached)
        case .losesOneRecordInFifty:
            return LogPage(records: page.records.filter { $0.version.number % 50 != 0 }, reached: page.reached)
        case .repeatsARecord: return LogPage(records: page.records + page.records.suffix(1), reached: page.reached)
        case .readsBackwards: return LogPage(records: page.records.reversed(), reached: page.reached)
        case .reachesTooFar: return LogPage(records: page.records, reached: query.upTo)
        case .reachesTooShort:
            return LogPage(records: page.records, reached: page.records.last?.version ?? page.reached)
        default: return page
        }
    }

    private func damaged(_ query: LogQuery) -> LogQuery {
        let upTo = defect == .readsBehindTheEnd ? Version(.max) : query.upTo
        guard case .lanes(var lanes) = query.reach, !lanes.isEmpty else {
            return LogQuery(
                query.reach, upTo: upTo, maximumRecords: query.maximumRecords, maximumBytes: query.maximumBytes)
        }
        var reach = LogQuery.Reach.lanes(lanes)
        switch defect {
        case .ignoresScopes: reach = .everything(after: lanes.map(\.after).min()!)
        case .ignoresModels:
            lanes = ["task", "note"].map {
                LogQuery.Lane(model: ModelName($0)!, scope: lanes[0].scope, after: lanes[0].after)
            }
            reach = .lanes(lanes)
        case .ignoresWhereLanesBegin:
            let first = lanes.map(\.after).min()!
            reach = .lanes(lanes.map { LogQuery.Lane(model: $0.model, scope: $0.scope, after: first) })
        case .readsFromOneLane: reach = .lanes([lanes[0]])
        default: break
        }
        return LogQuery(reach, upTo: upTo, maximumRecords: query.maximumRecords, maximumBytes: query.maximumBytes)
    }

    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version {
        let head = try await store.head()
        switch defect {
        case .headLagsBehind:
            return staleHead.withLock { stale in
                if head.number % 10 == 1 { stale = head }
                return stale
            }
        case .showsHalfACommit: return Version(head.number - (head.number > 150 && head.number % 7 == 0 ? 1 : 0))
        default: return head
        }
    }

    func position() async throws(StoreError) -> LogPosition {
        let position = try await store.position()
        return defect == .changesItsEpoch
            ? LogPosition(
                epoch: .random(), head: LogHead(version: position.head, stamp: position.stamp), secret: position.secret)
            : position
    }

    func record(_ key: RecordKey) async throws(StoreError) -> PulseModel.Record? { try await store.record(key) }

    func purge(_ purge: LogPurge, maximumRecords: Int) async throws(StoreError) -> Int {
        try await store.purge(damaged(purge), maximumRecords: defect == .purgesAllAtOnce ? .max : maximumRecords)
    }

    func count(_ purge: LogPurge) async throws(StoreError) -> Int { try await store.count(damaged(purge)) }

    private func damaged(_ purge: LogPurge) -> LogPurge {
        LogPurge(
            purge.model, leaving: defect == .purgesWhatIsLeft ? .live : purge.remainder,
            upTo: defect == .purgesTooFar ? Version(.max) : purge.upTo)
    }

    func floors() async throws(StoreError) -> [ModelName: LogHead] {
        defect == .forgetsFloors ? [:] : try await store.floors()
    }
}

extension PulseModel.Record {
    fileprivate func moved(to version: Version) -> PulseModel.Record { changed(version: version) }

    fileprivate func cutAtNUL() -> PulseModel.Record {
        var text = fields.bytes
        while let range = text.firstRange(of: Array(#"\u0000"#.utf8)) { text.removeSubrange(range) }
        return changed(fields: FieldValues(canonical: text))
    }

    fileprivate func composed() -> PulseModel.Record {
        let text = String(decoding: fields.bytes, as: UTF8.self).replacing("e\u{301}", with: "\u{E9}")
        return changed(fields: FieldValues(canonical: Array(text.utf8)))
    }

    fileprivate func changed(
        version: Version? = nil, stamp: HybridTime? = nil, parent: HybridTime?? = nil, fields: FieldValues? = nil,
        origin: Origin? = nil, history: RecordHistory? = nil
    ) -> PulseModel.Record {
        PulseModel.Record(
            key: key, id: id, version: version ?? self.version, stamp: stamp ?? self.stamp,
            parent: parent ?? self.parent,
            scope: scope, state: state, fields: fields ?? self.fields, origin: origin ?? self.origin, created: created,
            updated: updated, history: history ?? self.history)
    }
}
