import PulseApp
import PulseEngine
import PulseModel

/// A server's executable with models of its own: in a few lines all of `pulsed`'s subcommands and settings.
///
/// ```swift
/// @main
/// struct TaskServer: PulseApplication {
///     let models: [ModelRegistration] = [.model(Task.self), .model(Item.self)]
/// }
/// ```
public protocol PulseApplication: ServerApplication {
    /// What clients sync, with the application's own code for it.
    var models: [ModelRegistration] { get }
}

extension PulseApplication {
    /// The models' schema.
    ///
    /// - Precondition: the models make one: no two have one name, and references lead to models that are there.
    public var schema: Schema? {
        do {
            return try models.schema()
        } catch {
            fatalError("\(Self.self): \(error)")
        }
    }

    public var hooks: [ModelName: ModelHooks] {
        models.hooks
    }
}
