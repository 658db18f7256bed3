import NIOCore
import PulseModel

/// What workers say to each other (`Protocol/bus.md`).
package struct BusMessage: Equatable {
    /// What every message begins with: which commit it is about.
    package struct Header: Equatable, Sendable {
        package let epoch: Epoch
        /// The worker that committed, by a number it made up when it started.
        package let sender: UInt64
        package let versions: ClosedRange<Version>
        /// When the commit was durable.
        package let time: Timestamp

        package init(epoch: Epoch, sender: UInt64, versions: ClosedRange<Version>, time: Timestamp) {
            self.epoch = epoch
            self.sender = sender
            self.versions = versions
            self.time = time
        }
    }

    /// Frames of one scope and model that follow each other in the log.
    package struct Run: Equatable, Sendable {
        package let model: ModelName
        package let first: Version
        package let frames: ByteBuffer

        package init(model: ModelName, first: Version, frames: ByteBuffer) {
            self.model = model
            self.first = first
            self.frames = frames
        }
    }

    package enum Body: Equatable {
        /// What the commit has for the scope of the channel that the message came on.
        case content([Run])
        /// That the commit is there, and the scopes that it touched. Comes behind its contents.
        case commit(Set<Scope>)
    }

    package static let magic: [UInt8] = Array("PULB".utf8)
    package static let formatVersion: UInt8 = 2
    static let contentKind: UInt8 = 1
    static let commitKind: UInt8 = 2
    /// A message with more bytes is not sent. Who needs it finds it missing, and reads the log.
    package static let maximumBytes = 1 << 20

    package let header: Header
    package let body: Body
}

/// Why a message is not understood.
package enum BusMessageError: Error, Equatable, CustomStringConvertible {
    /// It is of another format than this program's.
    case unknownFormat(UInt8)
    /// It is no message; says what is wrong, and at which byte.
    case malformed(String, at: Int)

    package var description: String {
        switch self {
        case .unknownFormat(let version): "a message has format \(version)"
        case .malformed(let what, let offset): "byte \(offset) of a message: \(what)"
        }
    }
}
