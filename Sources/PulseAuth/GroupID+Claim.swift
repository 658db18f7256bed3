internal import PulseModel

extension GroupID {
    /// The groups of a claim whose value is an id or an array of them; nil where one is no name of a group.
    static func all(in value: JSONValue, of claim: ClaimName) -> [GroupID]? {
        let values = if case .array(let elements) = value { elements } else { [value] }
        let names = values.compactMap { $0.identifierText.flatMap(GroupName.init) }
        return names.count == values.count ? names.map { GroupID(claim: claim, value: $0) } : nil
    }
}
