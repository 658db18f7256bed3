import GRDB
import PulseEngine
import PulseModel

/// GRDB has a class of this name.
typealias Record = PulseModel.Record

/// The layout of the database file, and how an older one becomes today's. Forward only.
enum Format {
    /// `PRAGMA user_version` of a file in today's layout.
    static let version = 7
    /// `PRAGMA application_id`: "PULS".
    static let applicationID = 0x5055_4c53

    private static let migrations = [
        """
        CREATE TABLE model (
            id       INTEGER PRIMARY KEY,
            name     TEXT NOT NULL UNIQUE,
            audience TEXT NOT NULL
        ) STRICT;
        CREATE TABLE field (
            model    INTEGER NOT NULL REFERENCES model(id),
            name     TEXT NOT NULL,
            kind     TEXT NOT NULL,
            nullable INTEGER NOT NULL,
            PRIMARY KEY (model, name)
        ) STRICT, WITHOUT ROWID;
        """ + RecordTable.creation,
        // Has one row, the name of the source, while another store's log is copied here.
        "CREATE TABLE unfinished_copy (source TEXT NOT NULL) STRICT;",
        """
        CREATE TABLE log (epoch BLOB NOT NULL) STRICT;
        INSERT INTO log VALUES (randomblob(16));
        """,
        // What a record was before; null for most.
        "ALTER TABLE record ADD COLUMN history BLOB;",
        // Records of before have stamps in 1970, by their versions.
        """
        ALTER TABLE record ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE record ADD COLUMN parent INTEGER;
        UPDATE record SET stamp = version;
        """,
        // Whether the model's records are documents.
        "ALTER TABLE model ADD COLUMN schemaless INTEGER NOT NULL DEFAULT 0;" + RecordTable.purging,
        """
        ALTER TABLE log ADD COLUMN secret BLOB NOT NULL DEFAULT x'';
        UPDATE log SET secret = randomblob(16);
        """,
    ]

    /// Brings the file to today's layout and notes the schema in it.
    ///
    /// - Parameter schema: nil to copy from the file or to it: only then may it be an unfinished copy.
    static func prepare(_ database: Database, for schema: Schema?, path: String) throws -> RecordTable {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard isEmpty || application == applicationID else {
            throw StoreError(.unusable, "\(path) is a SQLite database of another program")
        }
        guard found <= version else {
            throw StoreError(
                .unusable,
                "\(path) has format \(found), this program knows formats up to \(version): it was written by a newer one"
            )
        }
        guard found >= 0 else { throw StoreError(.unusable, "\(path) has format \(found), which there never was") }
        for (index, migration) in migrations.enumerated().dropFirst(found) {
            try database.execute(sql: migration)
            try database.execute(sql: "PRAGMA user_version = \(index + 1)")
        }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        if let schema {
            try refuseUnfinishedCopy(in: database, path: path)
            do {
                try write(try history(in: database).continued(by: schema), to: database)
            } catch let error as SchemaError {
                throw StoreError(.unusable, "The schema does not fit the records in \(path): \(error)")
            }
        }
        return try table(in: database)
    }

    /// The table of records, for the models that the file has now.
    static func table(in database: Database) throws -> RecordTable {
        let models = try Row.fetchAll(database, sql: "SELECT name, id FROM model")
        return RecordTable(
            models: models.compactMap { row in ModelName(row["name"]).map { ($0, row["id"]) } })
    }

    /// Which log it is.
    static func log(in database: Database) throws -> (epoch: Epoch, secret: LogSecret) {
        let statement = try database.cachedStatement(sql: "SELECT epoch, secret FROM log")
        defer { statement.rewind() }
        guard try statement.step(in: database), let epoch = statement.halves(at: 0),
            let secret = statement.halves(at: 1)
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the log has no epoch, or no secret") }
        return (Epoch(high: epoch.high, low: epoch.low), LogSecret(high: secret.high, low: secret.low))
    }

    /// What the file is a copy of that was not completed; nil where it is none.
    static func sourceOfUnfinishedCopy(in database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT source FROM unfinished_copy")
    }

    static func refuseUnfinishedCopy(in database: Database, path: String) throws {
        guard let source = try sourceOfUnfinishedCopy(in: database) else { return }
        throw StoreError(
            .unusable,
            "\(path) is an unfinished copy of \(source): copy from there again to complete it, or remove it")
    }

    static func history(in database: Database) throws -> SchemaHistory {
        var models: [ModelName: SchemaHistory.PastModel] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, name, audience, schemaless FROM model") {
            var fields: [String: SchemaHistory.PastField] = [:]
            let arguments: StatementArguments = [row["id"] as Int64]
            for field in try Row.fetchAll(
                database, sql: "SELECT name, kind, nullable FROM field WHERE model = ?", arguments: arguments)
            {
                guard let kind = FieldKind(field["kind"] as String) else { continue }
                fields[field["name"]] = SchemaHistory.PastField(kind: kind, isNullable: field["nullable"])
            }
            guard let name = ModelName(row["name"]), let audience = Model.Audience(row["audience"] as String) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the list of models is damaged")
            }
            models[name] = SchemaHistory.PastModel(
                audience: audience, fields: fields, isSchemaless: row["schemaless"])
        }
        return SchemaHistory(models)
    }

    /// Notes models and fields. What is there already and not in `history` stays.
    static func write(_ history: SchemaHistory, to database: Database) throws {
        for (name, model) in history.models.sorted(by: { $0.key.text < $1.key.text }) {
            try database.execute(
                sql: "INSERT INTO model (name, audience, schemaless) VALUES (?, ?, ?) "
                    + "ON CONFLICT DO UPDATE SET audience = excluded.audience, schemaless = excluded.schemaless",
                arguments: [name.text, model.audience.description, model.isSchemaless])
            for (fieldName, field) in model.fields {
                try database.execute(
                    sql: """
                        INSERT INTO field (model, name, kind, nullable)
                        VALUES ((SELECT id FROM model WHERE name = ?), ?, ?, ?)
                        ON CONFLICT DO UPDATE SET kind = excluded.kind, nullable = excluded.nullable
                        """,
                    arguments: [name.text, fieldName, field.kind.description, field.isNullable])
            }
        }
    }

    /// Forgets the fields of some models, for a file without records.
    static func forgetFields(of models: some Sequence<ModelName>, in database: Database) throws {
        for model in models {
            try database.execute(
                sql: "DELETE FROM field WHERE model = (SELECT id FROM model WHERE name = ?)", arguments: [model.text])
        }
    }
}
