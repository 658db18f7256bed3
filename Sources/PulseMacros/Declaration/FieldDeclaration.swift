import SwiftSyntax

/// A stored property of a model, as it was written, and what is wrong with it.
struct FieldDeclaration {
    /// The property's name as it stands there, backticks included.
    let property: String
    /// The field's name.
    let name: String
    /// Where the field has its name from.
    let nameNode: Syntax
    let type: FieldType?
    /// The initial value, `nil` included.
    let initialValue: ExprSyntax?
    /// What `@Field` says beside the name.
    let options: [LabeledExprSyntax]
    let modifiers: DeclModifierListSyntax
    private(set) var problems: [Problem] = []

    /// - Returns: nil where several properties are declared at once.
    init?(_ variable: VariableDeclSyntax) {
        guard variable.bindings.count == 1, let binding = variable.bindings.first else { return nil }
        let attribute = variable.attributes.named("Field").first
        let identifier = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier
        let nameArgument = attribute?.argument(nil)?.expression
        property = identifier?.text ?? ""
        name = nameArgument?.literalText ?? identifier?.plainText.snakeCased ?? ""
        nameNode = nameArgument.map(Syntax.init) ?? Syntax(binding.pattern)
        initialValue = binding.initializer?.value
        type = binding.typeAnnotation.map { FieldType($0.type) } ?? initialValue.flatMap(FieldType.init(inferredFrom:))
        options = attribute?.labeledArguments ?? []
        modifiers = variable.modifiers

        problems += DeclarationRule.problems(with: variable)
        guard let identifier else {
            problems.append(Problem(binding.pattern, "a field is a property with one name"))
            return
        }
        problems += NameRule.problems(with: self, property: identifier, argument: nameArgument)
        if let annotation = binding.typeAnnotation?.type, let problem = TypeRule.problem(with: annotation) {
            problems.append(problem)
            return
        }
        if let initialValue, let problem = DefaultRule.problem(with: initialValue) {
            problems.append(problem)
        } else if type == nil {
            problems.append(
                Problem(
                    identifier,
                    "a field needs a type where its default does not tell it: write '\(property): String', or what it is"
                ))
        }
        problems += OptionRule.problems(with: self, attribute: attribute, variable: variable)
    }

    /// The initial value, unless it is `nil`, which every optional field has.
    var defaultValue: ExprSyntax? {
        initialValue.flatMap { $0.is(NilLiteralExprSyntax.self) ? nil : $0 }
    }
}
