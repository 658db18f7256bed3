/// From where to where `store copy` copies.
public struct CopyRoute: Sendable, Hashable {
    public let source: StoreLocation
    public let target: StoreLocation

    /// - Throws: ``SettingsError`` when one of the texts is no location, or both are the same place.
    public init(from: String, to: String) throws(SettingsError) {
        let source = StoreLocation(from)
        let target = StoreLocation(to)
        guard let source, let target else {
            throw SettingsError(
                problems: [("--from", from, source), ("--to", to, target)].filter { $0.2 == nil }.map {
                    "\($0.0): '\(StoreLocation.redacted($0.1))' \(StoreLocation.complaint)"
                })
        }
        // What the driver is told beside the place does not make it another.
        guard source.absolute.description != target.absolute.description else {
            throw SettingsError(problems: ["--from and --to are the same store, \(target)"])
        }
        self.source = source
        self.target = target
    }
}
