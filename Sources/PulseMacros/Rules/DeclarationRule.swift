import SwiftSyntax

/// How a property must be declared to be a field.
enum DeclarationRule {
    static func problems(with variable: VariableDeclSyntax) -> [Problem] {
        var problems: [Problem] = []
        let specifier = variable.bindingSpecifier
        if specifier.tokenKind == .keyword(.let) {
            problems.append(
                Problem(specifier, "a field can change: it is a 'var'", fix: .replace(specifier, with: "var")))
        }
        for modifier in variable.modifiers {
            guard case .keyword(let keyword) = modifier.name.tokenKind, [.lazy, .weak, .unowned].contains(keyword)
            else {
                continue
            }
            problems.append(Problem(modifier, "a field holds its value: it cannot be '\(modifier.name.text)'"))
        }
        let attributes = variable.attributes.compactMap { $0.as(AttributeSyntax.self) }
        // Types have capitals; the compiler's own attributes, as @available, have none.
        for attribute in attributes where attribute.name != "Field" && attribute.name.first?.isUppercase == true {
            problems.append(Problem(attribute, "a field holds its value: '@\(attribute.name)' cannot wrap it"))
        }
        for repeated in variable.attributes.named("Field").dropFirst() {
            problems.append(Problem(repeated, "a field has one '@Field'"))
        }
        return problems
    }
}
