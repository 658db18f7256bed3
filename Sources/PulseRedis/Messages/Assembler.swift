import PulseEngine
import PulseModel

/// Puts the contents of a commit and the word that it is there together again.
///
/// Redis keeps the order of one connection's messages, so the contents of a commit that come at all come ahead of it,
/// and nothing of another commit of the same worker comes between.
package struct Assembler {
    /// Bytes of contents whose commits have not come. Beyond that all are forgotten.
    package static let maximumBytes = 32 << 20

    private struct Part {
        let versions: ClosedRange<Version>
        var contents: [Scope: [BusMessage.Run]] = [:]
    }

    /// What there is of each worker's next commit.
    private var parts: [UInt64: Part] = [:]
    private var byteCount = 0

    package init() {}

    package mutating func add(_ runs: [BusMessage.Run], of scope: Scope, _ header: BusMessage.Header) {
        let added = Self.byteCount(of: runs)
        if byteCount + added > Self.maximumBytes {
            parts = [:]
            byteCount = 0
        }
        if let part = parts[header.sender], part.versions != header.versions { forget(header.sender) }
        var part = parts[header.sender] ?? Part(versions: header.versions)
        if let replaced = part.contents.updateValue(runs, forKey: scope) { byteCount -= Self.byteCount(of: replaced) }
        byteCount += added
        parts[header.sender] = part
    }

    /// The commit with those of its contents that have come.
    package mutating func commit(_ header: BusMessage.Header, touching scopes: Set<Scope>) -> Commit {
        var contents: [Scope: [BusMessage.Run]] = [:]
        if let part = parts[header.sender], part.versions == header.versions {
            contents = part.contents
            forget(header.sender)
        }
        var runs: [FrameRun] = []
        var missing: Set<Scope> = []
        for scope in scopes {
            if let content = contents[scope] {
                runs += content.map { FrameRun(scope: scope, model: $0.model, first: $0.first, frames: $0.frames) }
            } else {
                missing.insert(scope)
            }
        }
        runs.sort { $0.first < $1.first }
        return Commit(versions: header.versions, time: header.time, runs: runs, missing: missing)
    }

    private mutating func forget(_ sender: UInt64) {
        guard let part = parts.removeValue(forKey: sender) else { return }
        byteCount -= part.contents.values.reduce(0) { $0 + Self.byteCount(of: $1) }
    }

    private static func byteCount(of runs: [BusMessage.Run]) -> Int {
        runs.reduce(256) { $0 + $1.frames.readableBytes + 64 }
    }
}
