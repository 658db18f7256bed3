import NIOCore
import PulseModel
import PulseWire

/// Records of one model and scope that follow each other in the log, encoded once for all who are sent them.
public struct FrameRun: Sendable {
    public let scope: Scope
    public let model: ModelName
    /// The version of the first record.
    public let first: Version
    /// A complete WebSocket frame for each record.
    public internal(set) var frames: ByteBuffer

    public init(scope: Scope, model: ModelName, first: Version, frames: ByteBuffer) {
        self.scope = scope
        self.model = model
        self.first = first
        self.frames = frames
    }

    /// How many frames there are, found by their headers.
    var frameCount: Int {
        frames.withUnsafeReadableBytes { bytes in
            var count = 0
            var place = 0
            while place + 1 < bytes.count {
                let short = Int(bytes[place + 1] & 0x7F)
                let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
                guard place + 2 + lengthBytes <= bytes.count else { break }
                let long = bytes[(place + 2)..<(place + 2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
                place += 2 + lengthBytes + (lengthBytes == 0 ? short : long)
                count += 1
            }
            return count
        }
    }

    /// - Parameters:
    ///   - records: in version order. Those whose model the schema does not have any more are left out, and the server's own.
    ///   - wording: those that it has no words for are left out, too.
    ///   - isWanted: whether a scope's records are to be encoded.
    package static func runs(
        of records: [Record], schema: Schema, in wording: Wording = .updates,
        where isWanted: (Scope) -> Bool = { _ in true }
    ) -> [FrameRun] {
        var runs: [FrameRun] = []
        var index = 0
        while index < records.count {
            let first = records[index]
            let mustEncode = isWanted(first.scope)
            var frames = FrameBuffer()
            var model = mustEncode && !first.key.model.isReserved ? schema[first.key.model] : nil
            if let known = model, !wording.includes(known) { model = nil }
            while index < records.count, records[index].scope == first.scope,
                records[index].key.model == first.key.model
            {
                if let model {
                    frames.append(records[index], of: model, in: wording)
                }
                index += 1
            }
            if !frames.isEmpty {
                runs.append(
                    FrameRun(
                        scope: first.scope, model: first.key.model, first: first.version,
                        frames: ByteBuffer(bytes: frames.bytes)))
            }
        }
        return runs
    }
}
