/// Judges what phones are told, event by event, and what has come of it all in the end.
///
/// It knows nothing but the events, so that the same history always gives the same findings.
package struct Checker: Sendable {
    package enum Answer: Sendable { case success, conflict, error }

    struct Write: Sendable {
        var record: Int
        var phone: Int
        var base: Int64
        var isDeleted: Bool
        /// Its phone's presence when it was made.
        var made: Int64
        var phase: Int
        var sends = 0
        /// To whom, and when, it was last sent.
        var worker = 0
        var sentAt: Int64 = 0
        /// When it was last sent, less what its phone had waited until then.
        var since: Int64 = 0
        /// The newest version that anyone had been shown when it was first sent, of all records and of its own.
        var floor: Int64 = 0
        var recordFloor: Int64 = 0
        var answer: Answer?
        /// 0 while nobody was shown it.
        var version: Int64 = 0
        var isAccepted: Bool { answer == .success || version > 0 }
    }

    struct Record: Sendable {
        var id: RecordID
        var user: Int64
        var writes: [Int] = []
        var newest: Int64 = 0
        var events: [Event] = []
    }

    struct Connection: Sendable {
        /// The version it asked for, then the newest that it was sent.
        var newest: Int64
        /// What comes before the delta may have crossed its request.
        var counts = false
        /// Records that may be sent once more.
        var again: Set<RecordID> = []
    }

    /// What has happened under one kind of fault.
    package struct Phase: Sendable {
        package var name: String
        package var acked = 0
        package var unknown = 0
        package var conflicts = 0
    }

    /// Findings beyond this are counted and not kept.
    package static let mostFindings = 200

    package private(set) var findings: [Finding] = []
    package private(set) var counts: [Rule: Int] = [:]
    /// By rule, for each phase.
    package private(set) var phaseCounts: [[Rule: Int]] = []
    package internal(set) var phases: [Phase] = []
    let users: [Int64]
    var writes: [Write] = []
    var records: [Record] = []
    var indices: [RecordID: Int] = [:]
    var changeOfVersion: [Int64: Int] = [:]
    var newest: Int64 = 0
    var connections: [Connection?]
    var phoneEvents: [[Event]]
    var faults: [Event] = []
    /// That of the newest event.
    var time: Int64 = 0

    /// - Parameter users: each phone's user.
    package init(users: [Int64]) {
        self.users = users
        connections = Array(repeating: nil, count: users.count)
        phoneEvents = Array(repeating: [], count: users.count)
        begin(phase: "none")
    }

    /// From now on everything counts for this kind of fault.
    package mutating func begin(phase: String) {
        phases.append(Phase(name: phase))
        phaseCounts.append([:])
    }

    var phase: Int { phases.count - 1 }

    package mutating func fault(_ name: String, at now: Int64) {
        faults.append(Event(at: now, phone: -1, kind: .fault(name)))
    }

    package mutating func found(
        _ rule: Rule, _ said: String, record: RecordID? = nil, phone: Int? = nil, changes: [Int] = [], phase: Int? = nil
    ) {
        let phase = phase ?? self.phase
        counts[rule, default: 0] += 1
        phaseCounts[phase][rule, default: 0] += 1
        guard findings.count < Self.mostFindings else { return }
        findings.append(
            Finding(
                rule: rule, said: said, record: record, phone: phone, changes: changes, phase: phase, at: time))
    }
}
