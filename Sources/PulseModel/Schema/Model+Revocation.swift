extension Model {
    /// The server's own records of operators who sent a user away: one for each such user.
    ///
    /// They are in the log like all records, so that every worker, every store and every restart knows of them. Times
    /// are in microseconds since 1970.
    package static let revocation: Model = {
        do {
            return try Model(
                ModelName("pulse_revocation")!, audience: .global,
                fields: [
                    Field("user", .text),
                    Field("kicked", .int, isNullable: true),
                    Field("revoked", .int, isNullable: true),
                    Field("reason", .text),
                ])
        } catch {
            fatalError("\(error)")
        }
    }()
}
