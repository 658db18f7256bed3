import NIOCore
import PulseModel
import PulseWire

/// One connection as a cursor over the log.
///
/// It is either *live*, and gets what its shard hands out, or it *catches up*: then the shard's news pass it by, and it
/// reads the log, a page at a time and only as fast as its client takes them, until it stands where the shard stands.
/// So a delta, a slow client and a fresh connection are one thing, and none of them keeps anything in memory.
///
/// A fresh connection is held for a moment: what it missed while it was away comes with its first delta, and news must
/// not overtake that (protocol section "Order").
///
/// Sendable because all of it is touched on the shard's event loop only.
public final class Subscriber: @unchecked Sendable {
    static let maximumRepeatBytes = 1 << 20

    let scopes: [Scope]
    private let identity: Identity
    private let schema: Schema
    private let shard: Shard
    private let pages: any PageSource
    private unowned let outlet: any Outlet

    /// Nil while the connection is live.
    private var catchUp: CatchUp?
    private var isHeld = true
    private var isReading = false
    private var isClosed = false
    private var isWritten = false
    /// Answers that repeat what the log has, kept until the connection is live, so that they overtake nothing.
    private var repeats = ByteBuffer()
    private var holdTimer: Scheduled<Void>?

    package init(
        identity: Identity, schema: Schema, shard: Shard, pages: any PageSource, outlet: any Outlet, hold: TimeAmount
    ) {
        self.identity = identity
        self.schema = schema
        self.shard = shard
        self.pages = pages
        self.outlet = outlet
        scopes = schema.scopes(of: identity)
        catchUp = CatchUp(schema: schema, identity: identity, position: shard.position)
        shard.add(self)
        holdTimer = shard.eventLoop.scheduleTask(in: hold) { self.release() }
    }

    /// Ends the subscription. Nothing is written any more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        holdTimer?.cancel()
        shard.remove(self)
    }

    // MARK: What the client does

    /// Sends all of a table that changed behind `after`, in version order, and then goes on live.
    public func requestDelta(_ model: Model, as table: String, after: Version) {
        var catchUp = catchUp ?? CatchUp(schema: schema, identity: identity, position: shard.position)
        catchUp.request(model, as: table, after: after, position: shard.position)
        self.catchUp = catchUp
        isHeld = false
        holdTimer?.cancel()
        // Requests for other tables that came in the same packet are answered together, in one order.
        shard.eventLoop.execute { self.readOn() }
    }

    /// Sends frames that belong to this connection alone, as soon as it is flushed.
    public func send(_ frames: FrameBuffer) {
        guard !isClosed, !frames.isEmpty else { return }
        write(ByteBuffer(bytes: frames.bytes))
    }

    /// Sends a stored record again: the winner of a conflict, or what a repeated upload had led to.
    ///
    /// It must not overtake what the client has not been sent yet: if the log will bring the record anyway it is left
    /// to the log, and while the connection catches up it waits. There is room for ``maximumRepeatBytes`` of them; beyond
    /// that, the client gets the record with its next delta.
    public func sendAgain(_ record: Record, of model: Model) {
        guard !isClosed, record.version <= shard.position else { return }
        var frames = FrameBuffer()
        frames.appendUpdate(record, of: model, as: .push)
        if catchUp == nil {
            write(ByteBuffer(bytes: frames.bytes))
        } else if repeats.readableBytes + frames.bytes.count <= Self.maximumRepeatBytes {
            repeats.writeBytes(frames.bytes)
        }
    }

    public func outletBecameWritable() {
        readOn()
    }

    public func flush() {
        isWritten = false
        if !isClosed { outlet.flush() }
    }

    // MARK: What the log does

    /// Takes news from the shard.
    func receive(_ run: Delivery.Run) {
        guard catchUp == nil else { return }
        if outlet.isWritable {
            write(run.frames)
        } else {
            catchUp = CatchUp(schema: schema, identity: identity, position: Version(run.first.number - 1))
        }
    }

    private func release() {
        isHeld = false
        readOn()
    }

    /// Reads the next page, or goes live when there is none.
    private func readOn() {
        guard let catchUp, !isHeld, !isReading, !isClosed, outlet.isWritable else { return }
        guard let query = catchUp.query(upTo: shard.position) else {
            self.catchUp = nil
            if repeats.readableBytes > 0 {
                write(repeats)
                repeats = ByteBuffer()
                outlet.flush()
            }
            return
        }
        isReading = true
        pages.read(query, for: catchUp) { frames, reached in
            self.shard.eventLoop.execute { self.received(frames, upTo: reached, askedBy: catchUp) }
        }
    }

    private func received(_ frames: ByteBuffer, upTo reached: Version, askedBy asked: CatchUp) {
        isReading = false
        guard !isClosed else { return }
        if frames.readableBytes > 0 {
            outlet.write(frames: frames)
            outlet.flush()
        }
        catchUp?.sent(upTo: reached, askedBy: asked)
        readOn()
    }

    private func write(_ frames: ByteBuffer) {
        outlet.write(frames: frames)
        guard !isWritten else { return }
        isWritten = true
        shard.wrote(to: self)
    }
}
