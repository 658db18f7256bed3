import NIOCore
import PulseEngine
import PulseModel

extension BusMessage.Header {
    /// Bytes of the header of a space's messages.
    static func byteCount(space: String) -> Int { 4 + 1 + 1 + space.utf8.count + 1 + 16 + 8 + 8 + 8 + 8 }

    func append(to bytes: inout [UInt8], kind: UInt8, space: String) {
        bytes += BusMessage.magic
        bytes.append(BusMessage.formatVersion)
        bytes.append(UInt8(space.utf8.count))
        bytes += space.utf8
        bytes.append(kind)
        bytes.append(bigEndian: epoch.high)
        bytes.append(bigEndian: epoch.low)
        bytes.append(bigEndian: sender)
        bytes.append(bigEndian: versions.lowerBound.number)
        bytes.append(bigEndian: versions.upperBound.number)
        bytes.append(bigEndian: time.microseconds)
    }
}

extension [UInt8] {
    /// Appends the PUBLISH commands for a commit: the content of each scope, and then the commit itself.
    package mutating func appendPublications(of commit: Commit, by sender: UInt64, epoch: Epoch, on channels: Channels)
    {
        let header = BusMessage.Header(epoch: epoch, sender: sender, versions: commit.versions, time: commit.time)
        let headerBytes = BusMessage.Header.byteCount(space: channels.space)
        let runs = Dictionary(grouping: commit.runs, by: \.scope)
        for (scope, runs) in runs {
            let byteCount = runs.reduce(headerBytes) { $0 + 9 + $1.model.text.utf8.count + $1.frames.readableBytes }
            guard byteCount <= BusMessage.maximumBytes else { continue }
            appendPublication(channels.publish, on: channels.name(of: scope), byteCount: byteCount) { bytes in
                header.append(to: &bytes, kind: BusMessage.contentKind, space: channels.space)
                for run in runs {
                    bytes.append(UInt8(run.model.text.utf8.count))
                    bytes += run.model.text.utf8
                    bytes.append(bigEndian: UInt32(run.first.number - commit.versions.lowerBound.number))
                    bytes.append(bigEndian: UInt32(run.frames.readableBytes))
                    bytes += run.frames.readableBytesView
                }
            }
        }
        let keys = Set(runs.keys).union(commit.missing).map(\.key)
        let byteCount = keys.reduce(headerBytes + 4) { $0 + 2 + $1.utf8.count }
        guard byteCount <= BusMessage.maximumBytes else { return }
        appendPublication(channels.publish, on: channels.commits, byteCount: byteCount) { bytes in
            header.append(to: &bytes, kind: BusMessage.commitKind, space: channels.space)
            bytes.append(bigEndian: UInt32(keys.count))
            for key in keys {
                bytes.append(bigEndian: UInt16(key.utf8.count))
                bytes += key.utf8
            }
        }
    }

    private mutating func appendPublication(
        _ command: String, on channel: String, byteCount: Int, _ write: (inout [UInt8]) -> Void
    ) {
        appendArrayHeader(count: 3)
        appendWord(command)
        appendWord(channel)
        appendWord(byteCount: byteCount, write)
    }

    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
