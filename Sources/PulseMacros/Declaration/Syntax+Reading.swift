import SwiftSyntax

extension AttributeListSyntax {
    /// The attributes of this name, be it written with its module's.
    func named(_ name: String) -> [AttributeSyntax] {
        compactMap { $0.as(AttributeSyntax.self) }.filter { $0.name == name }
    }
}

extension AttributeSyntax {
    /// The name without its module's.
    var name: String {
        attributeName.as(MemberTypeSyntax.self)?.name.text
            ?? attributeName.as(IdentifierTypeSyntax.self)?.name.text ?? attributeName.trimmedDescription
    }

    /// The argument with a label, or the first one without.
    func argument(_ label: String?) -> LabeledExprSyntax? {
        list.first { $0.label?.text == label }
    }

    var labeledArguments: [LabeledExprSyntax] {
        list.filter { $0.label != nil }
    }

    private var list: [LabeledExprSyntax] {
        arguments?.as(LabeledExprListSyntax.self).map(Array.init) ?? []
    }
}

extension DeclModifierListSyntax {
    func has(_ keyword: Keyword) -> Bool {
        contains { $0.name.tokenKind == .keyword(keyword) && $0.detail == nil }
    }

    /// The access that others than the module have: `public`, `package` or none.
    var outerAccess: Keyword? {
        [Keyword.public, .package].first { has($0) }
    }
}

extension VariableDeclSyntax {
    /// Whether each value has room for it: neither static nor computed.
    var isStored: Bool {
        guard !modifiers.has(.static), !modifiers.has(.class) else { return false }
        return bindings.allSatisfy { binding in
            switch binding.accessorBlock?.accessors {
            case nil: true
            case .getter: false
            case .accessors(let accessors):
                accessors.allSatisfy {
                    [.keyword(.willSet), .keyword(.didSet)].contains($0.accessorSpecifier.tokenKind)
                }
            }
        }
    }
}

extension ExprSyntax {
    /// The text of a string literal, escapes resolved; nil where it has an interpolation.
    var literalText: String? {
        self.as(StringLiteralExprSyntax.self)?.representedLiteralValue
    }

    /// The value of an integer literal, with a minus sign or without.
    var literalInteger: Int? {
        if let literal = self.as(IntegerLiteralExprSyntax.self) { return literal.representedLiteralValue }
        guard let prefixed = self.as(PrefixOperatorExprSyntax.self), prefixed.operator.text == "-" else { return nil }
        return prefixed.expression.as(IntegerLiteralExprSyntax.self)?.representedLiteralValue.map { -$0 }
    }
}

extension TokenSyntax {
    /// The identifier without backticks.
    var plainText: String {
        text.hasPrefix("`") && text.hasSuffix("`") && text.count > 2 ? String(text.dropFirst().dropLast()) : text
    }
}
