import PulseEngine
import PulseModel
import PulseWire

/// What became of a change (`Protocol/offline-sync.yaml`, `Result`).
enum PushResult: Sendable {
    case accepted(HybridTime)
    case resolved(HybridTime)
    /// - Parameter stored: the version that is there instead; nil where that is not to be told.
    case rejected(String, stored: HybridTime? = nil)

    /// - Parameter stored: nil where what came before stands in the same push, and is not stored either.
    static func superseded(by stored: HybridTime?) -> PushResult {
        .rejected("Change superseded by newer version", stored: stored)
    }

    static let rolledBack = PushResult.rejected("Batch rolled back")

    init(_ outcome: WriteOutcome) {
        switch outcome {
        case .accepted(let record), .repeated(let record): self = .accepted(record.stamp)
        case .resolved(let record): self = .resolved(record.stamp)
        case .answered(let answer): self = answer.wasResolved ? .resolved(answer.stamp) : .accepted(answer.stamp)
        case .conflict(let record): self = .superseded(by: record.stamp)
        case .rejected(let error): self = .rejected(error.message)
        }
    }

    var isRejected: Bool { if case .rejected = self { true } else { false } }

    /// Whether the client had not seen what was stored.
    var isConflict: Bool {
        switch self {
        case .accepted, .rejected(_, stored: nil): false
        case .resolved, .rejected: true
        }
    }

    func write(of id: DocumentID, to writer: inout JSONWriter) {
        writer.raw(#"{"doc_id":"#)
        switch id {
        case .text(let text): writer.string(text)
        case .number(let number): writer.int(number)
        }
        switch self {
        case .accepted(let stamp), .resolved(let stamp):
            writer.raw(isConflict ? #","status":"conflict_resolved","# : #","status":"accepted","#)
            writer.raw(#""new_version":"#)
            writer.stamp(stamp)
            writer.raw(#","server_version":null,"error":null}"#)
        case .rejected(let error, let stored):
            writer.raw(#","status":"rejected","new_version":null,"server_version":"#)
            if let stored { writer.stamp(stored) } else { writer.null() }
            writer.raw(#","error":"#)
            writer.string(error)
            writer.raw("}")
        }
    }
}
