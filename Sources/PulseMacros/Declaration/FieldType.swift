import SwiftSyntax

/// The type of a property, as far as its spelling tells.
struct FieldType {
    /// As it was written, or as its default tells.
    let text: String
    /// The name of the type itself, or of what is optional, without its module's: `Decimal` for `Foundation.Decimal?`.
    let name: String
    /// Whether it is written with `?`, so that a property without an initial value is nil at first.
    let isOptional: Bool

    init(_ syntax: TypeSyntax) {
        text = syntax.trimmedDescription
        isOptional = syntax.is(OptionalTypeSyntax.self)
        name = (syntax.wrapped ?? syntax).plainName
    }

    /// - Returns: nil where the type is not to be seen from the value.
    init?(inferredFrom value: ExprSyntax) {
        let value = value.as(PrefixOperatorExprSyntax.self)?.expression ?? value
        switch value.kind {
        case .stringLiteralExpr: text = "String"
        case .booleanLiteralExpr: text = "Bool"
        case .integerLiteralExpr: text = "Int"
        case .floatLiteralExpr: text = "Double"
        case .memberAccessExpr:
            guard let base = value.cast(MemberAccessExprSyntax.self).base else { return nil }
            text = base.trimmedDescription
        default: return nil
        }
        name = text
        isOptional = false
    }
}

extension TypeSyntax {
    /// What is optional in `T?`, `T!` and `Optional<T>`.
    var wrapped: TypeSyntax? {
        if let optional = self.as(OptionalTypeSyntax.self) { return optional.wrappedType }
        if let optional = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return optional.wrappedType }
        guard let identifier = self.as(IdentifierTypeSyntax.self), identifier.name.text == "Optional" else {
            return nil
        }
        return identifier.genericArgumentClause?.arguments.first?.argument.as(TypeSyntax.self)
    }

    /// The name of a nominal type, without `Swift.` or `Foundation.` before it and generic arguments behind it.
    var plainName: String {
        if let identifier = self.as(IdentifierTypeSyntax.self) { return identifier.name.plainText }
        if let member = self.as(MemberTypeSyntax.self),
            ["Swift", "Foundation", "Pulse", "PulseModel"].contains(member.baseType.trimmedDescription)
        {
            return member.name.plainText
        }
        return trimmedDescription
    }
}
