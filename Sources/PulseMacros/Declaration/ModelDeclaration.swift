import PulseModel
import SwiftSyntax

/// A struct with `@SyncModel`, as it was written, and what is wrong with it.
struct ModelDeclaration {
    let syntax: StructDeclSyntax
    let table: String
    /// What `@SyncModel` says beside the table.
    let options: [LabeledExprSyntax]
    let fields: [FieldDeclaration]
    private(set) var problems: [Problem] = []

    init(_ syntax: StructDeclSyntax, attribute: AttributeSyntax) {
        self.syntax = syntax
        let tableArgument = attribute.argument(nil)?.expression
        table = tableArgument?.literalText ?? syntax.name.plainText.lowercased()
        options = attribute.labeledArguments
        let variables = syntax.memberBlock.members.compactMap { $0.decl.as(VariableDeclSyntax.self) }
        let properties = variables.filter(\.isStored)
        fields = properties.compactMap(FieldDeclaration.init)

        if let clause = syntax.genericParameterClause {
            problems.append(Problem(clause, "a model cannot be generic: all its records have the same fields"))
        }
        problems += tableProblems(at: tableArgument.map(Syntax.init) ?? Syntax(syntax.name))
        for member in syntax.memberBlock.members {
            guard let condition = member.decl.as(IfConfigDeclSyntax.self), condition.holdsField else { continue }
            problems.append(
                Problem(condition.clauses.first!.poundKeyword, "a model has the same fields in every build"))
        }
        for property in properties where property.bindings.count > 1 {
            problems.append(Problem(property.bindings, "each field has a 'var' of its own"))
        }
        problems += fields.flatMap(\.problems)
        problems += nameProblems()
    }

    private func tableProblems(at node: Syntax) -> [Problem] {
        if let argument = node.as(ExprSyntax.self), argument.literalText == nil {
            return argument.is(NilLiteralExprSyntax.self) ? [] : [Problem(node, "a model's name is a string literal")]
        }
        guard ModelName(table) == nil else { return [] }
        return [
            Problem(
                node,
                "'\(table)' cannot be a model's name: it has lower-case ASCII letters, digits and underscores, "
                    + "begins with no digit, and has at most 63 of them")
        ]
    }

    /// Two fields of one name, be it in another case, and fields that are called like the group's claim.
    private func nameProblems() -> [Problem] {
        var problems: [Problem] = []
        var seen: Set<String> = []
        let claim = self.claim
        if let claim, !isIdentifier(claim.text) || Field.isReserved(claim.text) {
            problems.append(Problem(claim.node, "'\(claim.text)' cannot be a claim's name"))
        }
        for field in fields {
            if !seen.insert(field.name.lowercased()).inserted {
                problems.append(Problem(field.nameNode, "another field is called '\(field.name)' already"))
            }
            if let claim, claim.text.lowercased() == field.name.lowercased() {
                problems.append(
                    Problem(field.nameNode, "every record has '\(claim.text)' already: it is the claim of its group"))
            }
        }
        return problems
    }

    /// `team` in `.group(by: "team")`.
    private var claim: (text: String, node: ExprSyntax)? {
        let scope = options.first { $0.label?.text == "scope" }?.expression
        guard let call = scope?.as(FunctionCallExprSyntax.self),
            call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text == "group",
            let argument = call.arguments.first?.expression, let text = argument.literalText
        else { return nil }
        return (text, argument)
    }
}

extension IfConfigDeclSyntax {
    /// Whether a property inside would be a field.
    fileprivate var holdsField: Bool {
        clauses.contains { clause in
            clause.elements?.as(MemberBlockItemListSyntax.self)?.contains {
                $0.decl.as(VariableDeclSyntax.self)?.isStored ?? $0.decl.as(IfConfigDeclSyntax.self)?.holdsField
                    ?? false
            } ?? false
        }
    }
}
