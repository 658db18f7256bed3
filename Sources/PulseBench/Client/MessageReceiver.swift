import NIOCore

/// What a run does with one connection. Called on the connection's event loop only.
package protocol MessageReceiver: AnyObject, SendableMetatype {
    /// The server accepted the connection.
    func opened(_ link: Link)

    /// One whole text message. `text` is valid during the call only; `now` is when its bytes were read.
    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline)

    /// An open connection ended, and not because we ended it.
    func lost(_ error: BenchError)
}

extension MessageReceiver {
    package func opened(_ link: Link) {}
}
