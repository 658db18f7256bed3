import SwiftSyntax

/// Which options of `@Field` go with which type.
enum OptionRule {
    static func problems(
        with field: FieldDeclaration, attribute: AttributeSyntax?, variable: VariableDeclSyntax
    ) -> [Problem] {
        guard let type = field.type else { return [] }
        var problems: [Problem] = []
        if let attribute {
            for (label, owner) in [("maxLength", "String"), ("maxDigits", "Decimal"), ("decimalPlaces", "Decimal")] {
                guard owner != type.name, let argument = attribute.argument(label) else { continue }
                problems.append(
                    Problem(
                        argument, "'\(label)' belongs to a \(owner), and this is '\(type.text)'",
                        fix: .remove(argument, from: attribute)))
            }
        }
        if let policy = attribute?.argument("conflict")?.expression {
            problems += PolicyRule.problems(with: policy, for: type)
        }
        guard problems.isEmpty else { return problems }
        switch type.name {
        case "String": return lengthProblems(attribute?.argument("maxLength"), default: field.defaultValue)
        case "Decimal": return digitProblems(attribute, variable)
        default: return []
        }
    }

    private static func lengthProblems(_ argument: LabeledExprSyntax?, default value: ExprSyntax?) -> [Problem] {
        guard let maxLength = argument?.expression.literalInteger, let argument else { return [] }
        guard maxLength >= 1 else { return [Problem(argument.expression, "'maxLength' is at least 1")] }
        guard let value, let length = value.literalText?.unicodeScalars.count, length > maxLength else { return [] }
        return [Problem(value, "the default has \(length) characters, and the field at most \(maxLength)")]
    }

    private static func digitProblems(_ attribute: AttributeSyntax?, _ variable: VariableDeclSyntax) -> [Problem] {
        let type = variable.bindings.first?.typeAnnotation.map { Syntax($0.type) } ?? Syntax(variable.bindings)
        guard let digits = attribute?.argument("maxDigits"), let places = attribute?.argument("decimalPlaces") else {
            return [
                Problem(
                    type, "a Decimal needs 'maxDigits' and 'decimalPlaces'",
                    fix: insertion(into: attribute, of: variable))
            ]
        }
        guard let maxDigits = digits.expression.literalInteger else { return [] }
        guard (1...38).contains(maxDigits) else {
            return [Problem(digits.expression, "'maxDigits' is 1 to 38")]
        }
        guard let decimalPlaces = places.expression.literalInteger, !(0...maxDigits).contains(decimalPlaces) else {
            return []
        }
        return [Problem(places.expression, "'decimalPlaces' is 0 to 'maxDigits'")]
    }

    /// The options that are missing, with numbers that fit money; what is there already stays.
    private static func insertion(into attribute: AttributeSyntax?, of variable: VariableDeclSyntax) -> Fix {
        guard let attribute else {
            return .insert("@Field(maxDigits: 12, decimalPlaces: 2) ", before: variable)
        }
        let digits = ["maxDigits", "decimalPlaces"]
        func text(_ argument: LabeledExprSyntax) -> String { argument.with(\.trailingComma, nil).trimmedDescription }
        let arguments =
            [
                attribute.argument(nil).map(text),
                attribute.argument(digits[0]).map(text) ?? "maxDigits: 12",
                attribute.argument(digits[1]).map(text) ?? "decimalPlaces: 2",
            ] + attribute.labeledArguments.filter { !digits.contains($0.label?.text ?? "") }.map(text)
        return .replace(attribute, with: "@Field(\(arguments.compactMap(\.self).joined(separator: ", ")))")
    }
}
