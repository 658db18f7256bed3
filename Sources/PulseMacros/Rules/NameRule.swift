import PulseModel
import SwiftSyntax

/// What a field and its property may be called.
enum NameRule {
    /// Properties that every ``SyncModel`` has.
    private static let reservedProperties: Set = [
        "sync", "syncID", "version", "id", "scope", "owner", "isDeleted", "createdAt", "updatedAt",
    ]

    static func problems(
        with field: FieldDeclaration, property: TokenSyntax, argument: ExprSyntax?
    ) -> [Problem] {
        if let argument, argument.literalText == nil, !argument.is(NilLiteralExprSyntax.self) {
            return [Problem(argument, "a field's name is a string literal")]
        }
        if reservedProperties.contains(property.plainText) {
            return [
                Problem(property, "every record has '\(property.plainText)' already: give the property another name")
            ]
        }
        if Field.isReserved(field.name) {
            return [
                Problem(field.nameNode, "every record has a field '\(field.name)' already: give this one another name")
            ]
        }
        if !isIdentifier(field.name) {
            return [
                Problem(
                    field.nameNode,
                    "'\(field.name)' cannot be a field's name: it has ASCII letters, digits and "
                        + "underscores, begins with no digit, and has at most 63 of them; @Field(\"…\") gives another")
            ]
        }
        return []
    }
}

extension String {
    /// `dueDay` as `due_day`, and `sourceURLText` as `source_url_text`.
    var snakeCased: String {
        let characters = Array(self)
        var result = ""
        for (index, character) in characters.enumerated() {
            if character.isUppercase, index > 0, characters[index - 1] != "_" {
                let endsWord = !characters[index - 1].isUppercase
                let beginsWord = index + 1 < characters.count && characters[index + 1].isLowercase
                if endsWord || beginsWord { result += "_" }
            }
            result += character.lowercased()
        }
        return result
    }
}
