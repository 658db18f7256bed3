import SwiftSyntax

/// Which conflict policies go with which type, as far as its spelling tells.
enum PolicyRule {
    private static let numbers = ["Int", "Double", "Decimal"]

    /// The types that a policy is for, where it is not for all.
    private static let types = [
        "counter": numbers, "max": numbers + ["Date", "CalendarDate"], "min": numbers + ["Date", "CalendarDate"],
        "union": ["JSONValue"],
    ]

    /// Of others, as enums, the kind is not to be seen.
    private static let knownTypes: Set = [
        "String", "Bool", "Int", "Double", "Decimal", "Date", "CalendarDate", "UUID", "JSONValue", "Reference",
        "PlainReference",
    ]

    static func problems(with policy: ExprSyntax, for type: FieldType) -> [Problem] {
        guard let name = policy.as(MemberAccessExprSyntax.self)?.declName.baseName.text, let types = types[name],
            knownTypes.contains(type.name), !types.contains(type.name)
        else { return [] }
        return [
            Problem(
                policy,
                "the conflict policy '\(name)' is for \(types.joined(separator: ", ")), and this is '\(type.text)'")
        ]
    }
}
