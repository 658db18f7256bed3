import SwiftSyntax
import SwiftSyntaxMacros

/// `@Field`: read by `@SyncModel`, and nothing by itself.
public struct FieldMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) -> [DeclSyntax] {
        let owner = context.lexicalContext.first?.asProtocol((any WithAttributesSyntax).self)
        if owner?.attributes.named("SyncModel").isEmpty != false {
            context.diagnose(Problem(node, "@Field is for a property of a @SyncModel struct").diagnostic)
        } else if declaration.as(VariableDeclSyntax.self)?.isStored != true {
            context.diagnose(Problem(node, "only a stored property is a field").diagnostic)
        }
        return []
    }
}
