import NIOCore
import PulseModel
import PulseWire

/// A stretch of the log on its way to the connections of all event loops: every record encoded once.
public struct Delivery: Sendable {
    /// Frames of one scope that follow each other in the log.
    struct Run: Sendable {
        let scope: Scope
        /// The version of the first frame.
        let first: Version
        var frames: ByteBuffer
    }

    let runs: [Run]
    /// With this delivery, everything up to here has been delivered.
    let upTo: Version
    let byteCount: Int

    /// - Parameter records: in version order. Those whose model the schema does not have any more are left out.
    package init(_ records: [Record], upTo: Version, schema: Schema) {
        var runs: [Run] = []
        var index = 0
        while index < records.count {
            let first = records[index]
            var frames = FrameBuffer()
            while index < records.count, records[index].scope == first.scope {
                if let model = schema[records[index].key.model] {
                    frames.appendUpdate(records[index], of: model, as: .push)
                }
                index += 1
            }
            if !frames.isEmpty {
                runs.append(Run(scope: first.scope, first: first.version, frames: ByteBuffer(bytes: frames.bytes)))
            }
        }
        self.runs = runs
        byteCount = runs.reduce(0) { $0 + $1.frames.readableBytes }
        self.upTo = upTo
    }
}
