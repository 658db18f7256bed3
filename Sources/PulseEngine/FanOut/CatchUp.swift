import NIOCore
import PulseModel
import PulseWire

/// How far a connection that reads the log has come, and what it is to be sent from there.
///
/// A connection that is live needs no cursor: it has what its shard has. One that answers deltas, or could not keep
/// up, has one cursor for each model and scope it may read; reading them merged in version order, it comes to the
/// shard's position with all of them and is live again.
package struct CatchUp: Sendable {
    private struct Lane: Sendable {
        let model: Model
        let scope: Scope
        /// Everything up to here has been sent.
        var after: Version
        /// Up to here records go out as answers to the delta request, in its words.
        var delta: (table: String, upTo: Version)?
        /// Up to here tombstones are not sent: a device on its first sync has nothing to delete.
        var tombstonesAfter: Version
        /// Counts the requests; a page that was asked for before a request does not move the lane it restarted.
        var generation = 0
        /// Whether nothing is sent yet, because the client may still say from where on.
        var isHeld: Bool

        func holds(_ record: Record) -> Bool {
            model.name == record.key.model && scope == record.scope
        }
    }

    private var lanes: [Lane]
    let wording: Wording
    /// How many requests there were.
    private(set) var generation = 0

    /// Where a connection stands that has everything up to `position`.
    ///
    /// - Parameter isHeld: whether it is fresh: of no model anything is sent before the client has asked for it, or
    ///   ``release()``.
    init(
        schema: Schema, identity: Identity, position: Version, isHeld: Bool = false, wording: Wording = .updates
    ) {
        self.wording = wording
        lanes = schema.models.flatMap { model in
            model.scopes(of: identity).map {
                Lane(model: model, scope: $0, after: position, tombstonesAfter: position, isHeld: isHeld)
            }
        }
    }

    /// Whether there is a model of which nothing is sent yet.
    var isHolding: Bool { lanes.contains(where: \.isHeld) }

    /// Whether anything of this model is held.
    func isHolding(_ model: ModelName) -> Bool {
        lanes.contains { $0.isHeld && $0.model.name == model }
    }

    /// Sends news of all models from here on.
    mutating func release() {
        for index in lanes.indices { lanes[index].isHeld = false }
    }

    /// Goes back with one model to where the client says it is.
    ///
    /// - Parameter position: the shard's position now: what lies behind it is news, not part of the answer.
    mutating func request(_ model: Model, as table: String, after: Version, position: Version) {
        generation += 1
        for index in lanes.indices where lanes[index].model.name == model.name {
            let lane = lanes[index]
            if after > .zero {
                lanes[index].tombstonesAfter = after
            } else if lane.isHeld {
                lanes[index].tombstonesAfter = position
            } else {
                // The first sync is not this connection's first: what it was sent before may be gone since.
                lanes[index].tombstonesAfter = max(lane.tombstonesAfter, lane.after)
            }
            lanes[index].after = after
            lanes[index].delta = (table, max(after, position))
            lanes[index].generation = generation
            lanes[index].isHeld = false
        }
    }

    /// Whether the client has seen more of the log, through another worker, than `position`.
    func isAhead(of position: Version) -> Bool {
        lanes.contains { $0.after > position }
    }

    /// What to read next; nil when every lane that is not held has come to `position`.
    func query(upTo position: Version) -> LogQuery? {
        let behind = lanes.filter { $0.after < position && !$0.isHeld }
        guard !behind.isEmpty else { return nil }
        return LogQuery(
            .lanes(behind.map { LogQuery.Lane(model: $0.model.name, scope: $0.scope, after: $0.after) }),
            upTo: position)
    }

    /// The frames of a page that ``query(upTo:)`` asked for.
    package func frames(of page: LogPage) -> ByteBuffer {
        var frames = FrameBuffer(reserving: 320 * page.records.count)
        var rest = page.records[...]
        while let first = rest.first {
            let lane = lanes.first { $0.holds(first) }
            // Neighbours are mostly of one lane, and a copy of it for each record would cost more than finding it.
            let end = rest.firstIndex { lane?.holds($0) != true } ?? rest.endIndex
            if let lane { append(rest[..<end], of: lane, to: &frames) }
            rest = rest[max(end, rest.startIndex + 1)...]
        }
        return ByteBuffer(bytes: frames.bytes)
    }

    private func append(_ records: ArraySlice<Record>, of lane: Lane, to frames: inout FrameBuffer) {
        for record in records {
            if record.state == .erased, record.version <= lane.tombstonesAfter { continue }
            if let delta = lane.delta, record.version <= delta.upTo {
                frames.appendUpdate(record, of: lane.model, as: .delta(table: delta.table))
            } else {
                frames.append(record, of: lane.model, in: wording)
            }
        }
    }

    /// Notes that a page which was asked for by `query` of `asked` has been sent.
    mutating func sent(upTo reached: Version, askedBy asked: CatchUp) {
        for index in lanes.indices where lanes[index].generation <= asked.generation && !asked.lanes[index].isHeld {
            lanes[index].after = max(lanes[index].after, reached)
        }
    }
}
