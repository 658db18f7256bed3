extension BadFile {
    static let choices: [BadFile] = [
        .field(
            "choices that are a text", "{name: a, type: text, choices: b}", "5:40: choices must be a list, is a string"),
        .field("no choices", "{name: a, type: text, choices: []}", "5:40: choices must have at least one value"),
        .field(
            "a choice of another type", "{name: a, type: int, choices: [1, b, null]}",
            "5:43: field 'a': one of its choices must be an integer, is a string",
            "5:46: field 'a': one of its choices may not be null"),
        .field(
            "a default that is no choice", "{name: a, type: text, choices: [b, c], default: d}",
            "5:57: field 'a': its default is none of its choices"),
        .field(
            "choices that are counted", "{name: a, type: int, choices: [1, 2], conflict: counter}",
            "5:57: field 'a': the conflict policy counter makes values that are none of its choices"),
    ]

    static let conflicts: [BadFile] = [
        .field(
            "a policy for another type", "{name: a, type: text, conflict: max}",
            "5:41: field 'a': the conflict policy max is for numbers, decimals, dates and times"),
        .field(
            "a counter of dates", "{name: a, type: date, conflict: counter}", "5:41: field 'a': the conflict policy"),
        .field("a union of numbers", "{name: a, type: int, conflict: union}", "5:40: field 'a': the conflict policy"),
        .field(
            "a misspelt policy", "{name: a, type: text, conflict: clientwins}",
            "5:41: there is no conflict policy 'clientwins'; did you mean 'clientWins'?"),
        .field(
            "a strange policy", "{name: a, type: text, conflict: chaos}",
            "5:41: there is no conflict policy 'chaos'; there are reject, serverWins, clientWins, max"),
        .field(
            "a function", "{name: a, type: text, conflict: function}",
            "5:41: the conflict policy 'function' can only be said in Swift"),
        .field(
            "a last writer without a field", "{name: a, type: text, conflict: lastWriter}",
            "5:41: the conflict policy 'lastWriter' needs a field: {lastWriter: edited_at}"),
        .field(
            "a last writer by a field that is not there", "{name: a, type: text, conflict: {lastWriter: edited}}",
            "5:54: model 'task': there is no field 'edited' to tell the last writer by"),
        .field(
            "a last writer by a text", "{name: a, type: text, conflict: {lastWriter: a}}",
            "5:54: model 'task': field 'a' cannot tell the last writer"),
        .conflicts(
            "conflicts that are a text", "reject",
            "5:7: conflicts must be a mapping with keys of policy, merge, deletion, history, is a string"),
        .conflicts("a misspelt key", "polcy: reject", "5:7: conflicts has no key 'polcy'; did you mean 'policy'?"),
        .conflicts(
            "a policy for single fields", "policy: max", "5:15: the conflict policy max is for single fields"),
        .conflicts(
            "a model's function", "policy: function", "5:15: the conflict policy 'function' can only be said in Swift"),
        .conflicts(
            "a misspelt last writer", "policy: {lastWriter: editd}",
            "5:28: model 'task': there is no field 'editd' to tell the last writer by; did you mean 'edited'?"),
        .conflicts(
            "a policy that is a list", "policy: [reject]", "5:15: a conflict policy must be a string, is a list"),
        .conflicts("a misspelt merge", "merge: field", "5:14: merge cannot be 'field'; did you mean 'fields'?"),
        .conflicts(
            "a strange deletion", "deletion: never",
            "5:17: deletion cannot be 'never'; there are rejectUpdate, resurrect, deleteWins"),
        .conflicts(
            "a history that is a number", "history: 5",
            "5:16: a history must be a mapping with keys of versions, days, is a number"),
        .conflicts(
            "a history out of range", "history: {versions: 0, days: 5000}",
            "5:27: a history of conflicts has 1 to 1000 versions", "5:36: a history of conflicts has 1 to 3650 days"),
        .conflicts(
            "a history in words", "history: {days: many}", "5:23: days must be an integer, is 'many'"),
    ]
}
