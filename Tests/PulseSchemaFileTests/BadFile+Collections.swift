extension BadFile {
    static let collections: [BadFile] = [
        BadFile("no collections and no models", "collections: []\n", "1:14: a schema has at least one model"),
        BadFile(
            "misspelt collections", "colections: []\n",
            "1:1: a schema has no key 'colections'; did you mean 'collections'?"),
        BadFile("collections that are a text", "collections: stock\n", "1:14: collections must be a list, is a string"),
        BadFile(
            "a collection that is a text", "collections: [stock]\n",
            "1:15: a collection must be a mapping with keys of name, scope, deletion, full_resync, retention, access"),
        BadFile(
            "a collection without anything", "collections:\n  - {}\n", "2:5: a collection must have the key 'name'",
            "2:5: a collection must have the key 'scope'"),
        BadFile(
            "a collection with fields", "collections:\n  - {name: stock, scope: user, fields: []}\n",
            "2:32: a collection has no key 'fields'; there are name, scope"),
        BadFile(
            "a collection's name with a capital", "collections:\n  - {name: Stock, scope: user}\n",
            "2:12: collection 'Stock': a name has lower-case"),
        BadFile(
            "a collection's name that is the server's", "collections:\n  - {name: pulse_stock, scope: user}\n",
            "2:12: collection 'pulse_stock': names that begin with 'pulse_' are the server's own"),
        BadFile(
            "a model and a collection of one name",
            "models:\n  - {name: stock, scope: user, fields: []}\ncollections:\n  - {name: stock, scope: user}\n",
            "4:12: another model or collection is called 'stock'"),
        BadFile(
            "a reference to a collection",
            "collections:\n  - {name: stock, scope: user}\nmodels:\n  - name: task\n    scope: user\n"
                + "    fields: [{name: a, type: reference, to: stock}]\n",
            "6:45: model 'task', field 'a': there is no model 'stock'"),
        .collection(
            "a misspelt deletion", "deletion: delete_win", "4:15: deletion cannot be 'delete_win'; did you mean"),
        .collection("a deletion that there is not", "deletion: other", "4:15: deletion cannot be 'other'; there are"),
        .collection("a full_resync that is none", "full_resync: 1", "4:18: full_resync must be true or false, is '1'"),
        .collection(
            "a retention that is none", "retention: never",
            "4:16: retention must be a number of days or 'forever', is 'never'"),
        .collection("a retention of no day", "retention: 0", "4:16: tombstones are kept for 1 to 36500 days"),
        .collection("a retention that is a list", "retention: [1]", "4:16: retention must be a number of days"),
        .collection(
            "a misspelt key", "retension: 7", "4:5: a collection has no key 'retension'; did you mean 'retention'?"),
        BadFile(
            "a model's retention", "models:\n  - {name: task, scope: user, retention: 36501, fields: []}\n",
            "2:42: tombstones are kept for 1 to 36500 days"),
    ]

    /// A file of one collection with another line.
    private static func collection(_ title: String, _ line: String, _ problems: String...) -> BadFile {
        BadFile(
            title, yaml: "collections:\n  - name: stock\n    scope: global\n    \(line)\n", problems: problems)
    }
}
