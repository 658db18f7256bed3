import GRDB

/// Runs tasks on the thread of a connection.
final class ConnectionExecutor: TaskExecutor {
    private let connection: DatabaseQueue

    init(_ connection: DatabaseQueue) {
        self.connection = connection
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // As GRDB's own work: a task may let go of the store as the last one, which closes the connection.
        connection.asyncWriteWithoutTransaction { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
