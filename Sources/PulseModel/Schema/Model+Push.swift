extension Model {
    /// The server's own records of what clients of the HTTP API have pushed lately, one for each client: what a push that
    /// comes again is known by.
    package static let push: Model = {
        do {
            return try Model(
                ModelName("pulse_push")!, audience: .user,
                fields: [Field("client", .text), Field("pushes", .text)],
                synchronization: SynchronizationRules(retentionDays: 30))
        } catch {
            fatalError("\(error)")
        }
    }()
}
