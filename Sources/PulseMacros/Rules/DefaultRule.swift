import SwiftSyntax

/// What a field's default may be: a constant, since it is a part of the schema.
enum DefaultRule {
    static func problem(with value: ExprSyntax) -> Problem? {
        guard !isConstant(value) else { return nil }
        return Problem(
            value,
            "a default is a constant, and '\(value.trimmedDescription)' is none: it would be taken once, when the "
                + "server starts; let the field be optional, or set it where the record is made")
    }

    private static func isConstant(_ value: ExprSyntax) -> Bool {
        switch value.kind {
        case .booleanLiteralExpr, .integerLiteralExpr, .floatLiteralExpr, .nilLiteralExpr: true
        case .stringLiteralExpr: value.literalText != nil
        case .prefixOperatorExpr:
            value.cast(PrefixOperatorExprSyntax.self).operator.text == "-"
                && [.integerLiteralExpr, .floatLiteralExpr].contains(
                    value.cast(PrefixOperatorExprSyntax.self).expression.kind)
        case .memberAccessExpr: isConstant(member: value.cast(MemberAccessExprSyntax.self))
        case .arrayExpr: value.cast(ArrayExprSyntax.self).elements.allSatisfy { isConstant($0.expression) }
        case .dictionaryExpr: isConstant(dictionary: value.cast(DictionaryExprSyntax.self))
        default: false
        }
    }

    /// `.low` and `Priority.low`; not `.now`.
    private static func isConstant(member: MemberAccessExprSyntax) -> Bool {
        guard member.declName.baseName.text != "now" else { return false }
        var base = member.base
        while let outer = base?.as(MemberAccessExprSyntax.self) { base = outer.base }
        guard let base else { return true }
        return base.as(DeclReferenceExprSyntax.self)?.baseName.plainText.first?.isUppercase == true
    }

    private static func isConstant(dictionary: DictionaryExprSyntax) -> Bool {
        guard case .elements(let elements) = dictionary.content else { return true }
        return elements.allSatisfy { isConstant($0.key) && isConstant($0.value) }
    }
}
