import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@SyncModel`: makes a struct a model.
public struct SyncModelMacro {
    /// The text of an expansion stands as it is written.
    public static var formatMode: FormatMode { .disabled }
}

extension SyncModelMacro: MemberMacro {
    /// What is wrong with a struct is told here, once.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) -> [DeclSyntax] {
        guard let declaration = declaration.as(StructDeclSyntax.self) else { return [] }
        let model = ModelDeclaration(declaration, attribute: node)
        for problem in model.problems { context.diagnose(problem.diagnostic) }
        return ModelExpansion(model).members
    }
}

extension SyncModelMacro: ExtensionMacro {
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        guard let declaration = declaration.as(StructDeclSyntax.self) else {
            // Nobody may ever ask for the members of what is no struct.
            let keyword = declaration.introducer
            context.diagnose(Problem(keyword, "a model is a struct, not \(keyword.text.withArticle)").diagnostic)
            return []
        }
        let expansion = ModelExpansion(ModelDeclaration(declaration, attribute: node))
        return [try expansion.conformance(of: type, isDeclared: protocols.isEmpty)]
    }
}

extension String {
    fileprivate var withArticle: String { hasPrefix("a") || hasPrefix("e") ? "an \(self)" : "a \(self)" }
}
