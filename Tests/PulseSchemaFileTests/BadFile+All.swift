extension BadFile {
    static let all = wholeFiles + models + fields + defaults + choices + conflicts + access + collections

    static let wholeFiles: [BadFile] = [
        BadFile("an empty file", "", "1:1: the file is empty"),
        BadFile("nothing but a comment", "# soon\n", "1:1: the file is empty"),
        BadFile("a list", "- task\n", "1:1: a schema must be a mapping with keys of models, collections, is a list"),
        BadFile("a text", "task\n", "1:1: a schema must be a mapping with keys of models, collections, is a string"),
        BadFile("no models", "models: []\n", "1:9: a schema has at least one model"),
        BadFile("models without a value", "models:\n", "1:8: models must be a list, is null"),
        BadFile("models that are a mapping", "models: {task: {}}\n", "1:9: models must be a list, is a mapping"),
        BadFile("a misspelt key", "modles: []\n", "1:1: a schema has no key 'modles'; did you mean 'models'?"),
        BadFile(
            "a strange key", "version: 1\nmodels: []\n",
            "1:1: a schema has no key 'version'; there are models, collections"),
        BadFile(
            "a tab for indentation", "models:\n\t- name: x\n",
            "2:1: while scanning for the next token, found character that cannot start any token"),
        BadFile(
            "a bracket that is not closed", "models: [\n",
            "2:1: while parsing a flow node, did not find expected node content"),
        BadFile(
            "a quote that is not closed", "models: \"x\n",
            "2:1: while scanning a quoted scalar, found unexpected end of stream"),
        BadFile(
            "two documents", "models: []\n---\nmodels: []\n",
            "2:1: expected a single document in the stream, but found another document"),
        BadFile("a control character", "models:\n  - name: \u{7}\n", "2:11: the character U+0007 is not allowed"),
        BadFile("a NUL", "mo\0dels: []\n", "1:3: the character U+0000 is not allowed"),
        BadFile("an anchor", "models: &all []\n", "1:9: anchors and aliases"),
        BadFile("an alias of nothing", "models: *all\n", "1:9: found undefined alias"),
        BadFile("a tag", "models: !!omap []\n", "1:9: tags are not allowed, here 'tag:yaml.org,2002:omap'"),
        BadFile("a key that is a list", "? [a]\n: 1\nmodels: []\n", "1:3: a key must be a text"),
        BadFile(
            "laughs", "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\n? *d\n: *d\n",
            "2:8: anchors and aliases"),
    ]

    static let models: [BadFile] = [
        BadFile(
            "a model that is a text", "models: [task]\n",
            "1:10: a model must be a mapping with keys of name, scope, unknown_fields, conflicts, access, full_resync, retention, fields, is a string"
        ),
        BadFile(
            "a model without anything", "models:\n  - {}\n", "2:5: a model must have the key 'name'",
            "2:5: a model must have the key 'scope'", "2:5: a model must have the key 'fields'"),
        BadFile(
            "a model's name with a capital", "models:\n  - {name: Task, scope: user, fields: []}\n",
            "2:12: model 'Task': a name has lower-case"),
        BadFile(
            "a model's name that is the server's", "models:\n  - {name: pulse_task, scope: user, fields: []}\n",
            "2:12: model 'pulse_task': names that begin with 'pulse_' are the server's own"),
        BadFile(
            "a model's name that is null", "models:\n  - {name: ~, scope: user, fields: []}\n",
            "2:12: a model's name must be a string, is null"),
        BadFile(
            "a model's name that is a number", "models:\n  - {name: 12, scope: user, fields: []}\n",
            "2:12: a model's name must be a string, is a number"),
        BadFile(
            "a misspelt scope", "models:\n  - {name: task, scope: usr, fields: []}\n",
            "2:25: there is no scope 'usr'; did you mean 'user'?"),
        BadFile(
            "an unknown scope", "models:\n  - {name: task, scope: everything, fields: []}\n",
            "2:25: there is no scope 'everything'; there are user, global and {group: CLAIM}"),
        BadFile(
            "a group without a claim", "models:\n  - {name: task, scope: group, fields: []}\n",
            "2:25: the scope 'group' needs a claim"),
        BadFile(
            "a claim with a hyphen", "models:\n  - {name: task, scope: {group: my-team}, fields: []}\n",
            "2:33: claim 'my-team': a name has ASCII letters"),
        BadFile(
            "a claim that is reserved", "models:\n  - {name: task, scope: {group: version}, fields: []}\n",
            "2:33: model 'task': a field has the name of the group's claim 'version'"),
        BadFile(
            "a group with a strange key", "models:\n  - {name: task, scope: {grup: team}, fields: []}\n",
            "2:26: a scope has no key 'grup'; did you mean 'group'?"),
        BadFile(
            "unknown_fields that do not exist",
            "models:\n  - {name: task, scope: user, unknown_fields: rejct, fields: []}\n",
            "2:47: unknown_fields cannot be 'rejct'; did you mean 'reject'?"),
        BadFile(
            "fields that are a mapping", "models:\n  - {name: task, scope: user, fields: {title: text}}\n",
            "2:39: fields must be a list, is a mapping"),
        BadFile(
            "two models of one name",
            "models:\n  - {name: task, scope: user, fields: []}\n  - {name: task, scope: user, fields: []}\n",
            "3:12: two models are called 'task'"),
        BadFile(
            "a repeated key of a model",
            "models:\n  - name: task\n    scope: user\n    scope: global\n    fields: []\n",
            "4:5: the key 'scope' stands here for the second time"),
        BadFile(
            "three repeated keys", "models:\n  - {name: a, name: b, scope: user, \"name\": c, fields: [], scope: x}\n",
            "2:15: the key 'name' stands", "2:37: the key 'name' stands", "2:60: the key 'scope' stands"),
        BadFile(
            "a repeated key that no rename can reach", "models: []\n\"\\x61\": 1\n\"\\x61\": 2\n",
            "2:1: the key 'a' stands here more than once"),
    ]

    static let fields: [BadFile] = [
        BadFile(
            "mistakes in a model without a name",
            "models:\n  - nam: x\n    scope: user\n    fields:\n      - {name: a, type: text}\n"
                + "      - {name: a, type: reference, to: x}\n",
            "2:5: a model has no key 'nam'; did you mean 'name'?", "6:16: two fields are called 'a'",
            "6:40: field 'a': there is no model 'x'"),
        .field("a field that is a text", "title", "5:9: a field must be a mapping with keys of name, type"),
        .field("a field without a name", "{type: text}", "5:9: a field must have the key 'name'"),
        .field("a field without a type", "{name: a}", "5:9: a field must have the key 'type'"),
        .field("a field's name with a hyphen", "{name: due-date, type: date}", "5:16: field 'due-date': a name has"),
        .field("a reserved name", "{name: version, type: int}", "5:16: field 'version': the sync itself has"),
        .field("a misspelt type", "{name: a, type: strng}", "5:25: there is no type 'strng'; did you mean 'string'?"),
        .field(
            "a type in the wrong case", "{name: a, type: datetime}",
            "5:25: there is no type 'datetime'; did you mean 'dateTime'?"),
        .field("an unknown type", "{name: a, type: money}", "5:25: there is no type 'money'; there are string, text"),
        .field(
            "a string without a length", "{name: a, type: string}",
            "5:9: a field must have the key 'max_length' for the type string"),
        .field(
            "a length that is a text", "{name: a, type: string, max_length: long}",
            "5:45: max_length must be an integer, is 'long'"),
        .field(
            "a length that is a fraction", "{name: a, type: string, max_length: 1.5}",
            "5:45: max_length must be an integer, is '1.5'"),
        .field("a length of 0", "{name: a, type: string, max_length: 0}", "5:45: field 'a': max_length is at least 1"),
        .field(
            "a length of a text", "{name: a, type: text, max_length: 5}",
            "5:31: 'max_length' belongs to the type string, and this is text"),
        .field(
            "a misspelt key", "{name: a, type: string, maxLength: 5}",
            "5:33: a field has no key 'maxLength'; did you mean 'max_length'?"),
        .field(
            "a strange key", "{name: a, type: text, unique: true}",
            "5:31: a field has no key 'unique'; there are name, type"),
        .field(
            "a decimal without digits", "{name: a, type: decimal}", "5:9: a field must have the key 'max_digits' for",
            "5:9: a field must have the key 'decimal_places' for"),
        .field(
            "a decimal of 39 digits", "{name: a, type: decimal, max_digits: 39, decimal_places: 2}",
            "5:46: field 'a': max_digits is 1 to 38"),
        .field(
            "more places than digits", "{name: a, type: decimal, max_digits: 3, decimal_places: 4}",
            "5:65: field 'a': max_digits is 1 to 38"),
        .field(
            "a reference to nothing", "{name: a, type: reference, to: tsak}",
            "5:40: model 'task', field 'a': there is no model 'tsak'; did you mean 'task'?"),
        .field(
            "a reference to no name", "{name: a, type: reference, to: Task!}", "5:40: 'Task!' is no name of a model"),
        .field(
            "nullable that is a text", "{name: a, type: text, nullable: yes}",
            "5:41: nullable must be true or false, is 'yes'"),
        .field(
            "read_only in quotes", "{name: a, type: text, read_only: \"true\"}",
            "5:42: read_only must be true or false, is 'true'"),
        .field(
            "two fields of one name", "{name: a, type: text}\n      - {name: a, type: int}",
            "6:16: model 'task': two fields are called 'a'"),
        .field(
            "mistakes in every field",
            "{name: a, type: txt}\n      - {type: int, default: x}\n      - {name: 9, type: bool, default: 5}",
            "5:25: there is no type 'txt'; did you mean 'text'?", "6:9: a field must have the key 'name'",
            "6:30: its default must be an integer, is a string",
            "7:16: a field's name must be a string, is a number",
            "7:40: its default must be true or false, is a number"),
    ]

    static let defaults: [BadFile] = [
        .field(
            "null for what is not nullable", "{name: a, type: text, default: null}",
            "5:40: field 'a': its default may not be null"),
        .field(
            "a number for a string", "{name: a, type: string, max_length: 9, default: 5}",
            "5:57: field 'a': its default must be a string, is a number"),
        .field(
            "a default that is too long", "{name: a, type: string, max_length: 2, default: abc}",
            "5:57: field 'a': its default must have at most 2 characters, has 3"),
        .field(
            "a text for a bool", "{name: a, type: bool, default: \"true\"}",
            "5:40: field 'a': its default must be true or false, is a string"),
        .field(
            "a fraction for an int", "{name: a, type: int, default: 1.5}",
            "5:39: field 'a': its default must be an integer, is a number"),
        .field(
            "an int beyond 64 bits", "{name: a, type: int, default: 9223372036854775808}",
            "5:39: field 'a': its default must fit a signed 64-bit integer"),
        .field("a hexadecimal number", "{name: a, type: int, default: 0xFF}", "5:39: '0xFF' is no JSON"),
        .field("an infinite number", "{name: a, type: double, default: .inf}", "5:42: '.inf' is no JSON"),
        .field(
            "too many decimal places", "{name: a, type: decimal, max_digits: 5, decimal_places: 2, default: 1.005}",
            "5:77: field 'a': its default must have at most 2 decimal places"),
        .field(
            "a decimal that is none", "{name: a, type: decimal, max_digits: 5, decimal_places: 2, default: ten}",
            "5:77: field 'a': its default must be a decimal number"),
        .field(
            "a date that does not exist", "{name: a, type: date, default: 2026-02-30}",
            "5:40: field 'a': its default must be a date"),
        .field(
            "a list for an int", "{name: a, type: int, default: [1]}",
            "5:39: field 'a': its default must be an integer, is an array"),
    ]
}
