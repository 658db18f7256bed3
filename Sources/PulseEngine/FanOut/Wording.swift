import PulseModel
import PulseWire

/// In whose words a connection is sent the log.
package enum Wording: Sendable {
    /// The pulse protocol's, which has none for schemaless records.
    case updates
    /// Those of the HTTP API's stream.
    case entries

    func includes(_ model: Model) -> Bool {
        switch self {
        case .updates: !model.isSchemaless
        case .entries: true
        }
    }
}

extension FrameBuffer {
    /// Appends a record that has just changed.
    mutating func append(_ record: Record, of model: Model, in wording: Wording) {
        switch wording {
        case .updates: appendUpdate(record, of: model, as: .push)
        case .entries: appendEntry(record, of: model)
        }
    }
}
