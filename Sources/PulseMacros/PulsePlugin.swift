import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct PulsePlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [SyncModelMacro.self, FieldMacro.self]
}
