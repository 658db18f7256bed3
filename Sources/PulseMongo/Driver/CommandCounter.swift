import CMongoC
import Synchronization

/// Counts the commands that libmongoc sends as parts of transactions: the round trips that commits take.
final class CommandCounter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts the commands of a pool from now on. The counter must outlive the pool.
    func observe(_ pool: OpaquePointer) {
        let callbacks = mongoc_apm_callbacks_new()
        defer { mongoc_apm_callbacks_destroy(callbacks) }
        mongoc_apm_set_command_started_cb(callbacks) { event in
            // Only commands of transactions have this field, false.
            guard let event, bson_has_field(mongoc_apm_command_started_get_command(event), "autocommit"),
                let context = mongoc_apm_command_started_get_context(event)
            else { return }
            let counter = Unmanaged<CommandCounter>.fromOpaque(context).takeUnretainedValue()
            counter.count.wrappingAdd(1, ordering: .relaxed)
        }
        _ = mongoc_client_pool_set_apm_callbacks(pool, callbacks, Unmanaged.passUnretained(self).toOpaque())
    }
}
