// swift-format-ignore-file: its lines are as long as those of the specification.

/// `Protocol/offline-sync.yaml` as JSON, written by `Scripts/embed-offline-sync.py`.
package enum Specification {
    package static let json = #"""
        {
         "openapi": "3.1.0",
         "info": {
          "title": "Offline sync over HTTP",
          "version": "1",
          "license": {
           "name": "MIT",
           "identifier": "MIT"
          },
          "description": "Push, pull, full resync and a live stream over the log that the pulse protocol syncs: what a client of one writes,\nthe clients of the other are sent. Clients of fastapi-offline-sync change the base URL and nothing else.\n\n**Collections.** Every model of the schema is a collection, and the schema may declare collections without a schema\nof their own. A document is a JSON object with a `doc_id`, text or an integer, which is unique in its collection and\nscope. A scope is a user or a group of users, as the collection is declared, and comes from the token. Documents of\nother scopes are not there: neither their contents nor their ids nor their versions are told.\n\n**Versions** are hybrid logical clock stamps, `20260502T120000.000Z-0001`: a UTC time in milliseconds and a counter.\nEach change of a document takes one, and no two are equal. They order as the log does; that is by time, then by\ncounter *as numbers*: a counter may have more than four digits. A node may follow in what clients send\n(`…-0001-a1b2`), and does not count; the server writes none.\n\n**A client** keeps the `last_seq` it was last sent. It begins with a full resync, goes on from its `X-Sync-LastSeq`\nby pulls or a stream, and does a full resync again when it is told `full_resync_required`.\n\n## Stream\n\n`GET /stream` upgrades to a WebSocket with JSON objects in text frames. The client's first message is a `Subscribe`;\nthe token is in it, or in the query of the address (`?token=`). The server sends an `Entry` for each change behind\n`since`, first those that are there, then each new one when it is committed, in version order and without a gap in\nbetween; and `{\"type\":\"ping\"}` every 30 seconds. A client that reads slowly misses nothing: a document that changes\nagain meanwhile is sent once, at its newest version. The server sends\n`{\"type\":\"full_resync_required\",\"collections\":[…]}` and closes where a pull would answer so. It closes when the\nfirst message is no `Subscribe`, when the token is not good (any more), and when a collection is not configured or\ndenied; the close frame has the reason.\n\nLater the client may send `{\"type\":\"auth\",\"token\":\"…\"}` before its token ends, which is answered by\n`{\"type\":\"auth_ack\",\"expires_in\":…}`, and another `Subscribe`, which takes the place of the first. Any other message\nof a `type` is ignored; what is none, or is refused, is answered by `{\"type\":\"error\",\"detail\":\"…\"}`.\n\n## Errors\n\nA request that is not as this document has it is a 422 that lists where (`loc`) and why; any other error has one\nsentence. An answer 429 or 503 can be tried again, after `Retry-After` seconds.\n"
         },
         "servers": [
          {
           "url": "./",
           "description": "Beside this document"
          }
         ],
         "security": [
          {
           "token": []
          }
         ],
         "paths": {
          "/push": {
           "post": {
            "operationId": "push",
            "summary": "Changes documents.",
            "description": "The changes are judged in their order. Of one batch either all are stored or, when one is rejected, none: then\nthat one has its reason, and each other one is `rejected` with the error `Batch rolled back`. (A server may be\nset up to judge each change on its own.) When the answer comes, what it accepts is durable.\n\nA change is judged by its `parent_version`, the version of the document that the client edited:\n\n- there is no such document yet, or its version is the parent: `accepted`\n- the parent is newer than what is stored: the change replaces it, `conflict_resolved`\n- the parent is older, or null though there is a document: `rejected`; `server_version` is the stored version\n\nAn upsert of a deleted document that does not name the tombstone's version is judged as its collection says: as\nany other, which is the default; never accepted; or rejected with a reason of its own. A parent far ahead of the\nserver's clock is rejected.\n\nA push that is sent again, as the answer to it was lost, is answered as it was the first time: it is known by\nits `client_id` and its changes.\n",
            "requestBody": {
             "required": true,
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Push"
               },
               "example": {
                "client_id": "device-client-uuid",
                "changes": [
                 {
                  "collection": "tasks",
                  "operation": "upsert",
                  "doc_id": "task-abc-123",
                  "data": {
                   "title": "Acquire inventory",
                   "done": false
                  },
                  "parent_version": "20260502T120000.000Z-0001"
                 }
                ]
               }
              }
             }
            },
            "responses": {
             "200": {
              "description": "One result for each change, in the same order.",
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Pushed"
                },
                "example": {
                 "results": [
                  {
                   "doc_id": "task-abc-123",
                   "status": "accepted",
                   "new_version": "20260502T120501.250Z-0000",
                   "server_version": null,
                   "error": null
                  }
                 ]
                }
               }
              }
             },
             "401": {
              "$ref": "#/components/responses/Unauthorized"
             },
             "413": {
              "$ref": "#/components/responses/TooLarge"
             },
             "422": {
              "$ref": "#/components/responses/Invalid"
             },
             "429": {
              "$ref": "#/components/responses/TooMany"
             },
             "503": {
              "$ref": "#/components/responses/Unavailable"
             },
             "507": {
              "$ref": "#/components/responses/Full"
             }
            }
           }
          },
          "/pull": {
           "get": {
            "operationId": "pull",
            "summary": "Reads what has changed since a version.",
            "description": "Documents that changed behind `since`, in the order of their versions. A document that changed several times is\nthere once, at its newest version. `last_seq` is the `since` of the next pull. A page may end before `limit`, at\n1 MiB of documents; one without changes is the last one.\n\nWhere `since` is older than what the server still knows of deleted documents, or far ahead of its clock, the\nanswer is `full_resync_required`.\n",
            "parameters": [
             {
              "name": "since",
              "in": "query",
              "required": true,
              "schema": {
               "$ref": "#/components/schemas/Version"
              },
              "example": "20260502T120000.000Z-0001"
             },
             {
              "name": "collections",
              "in": "query",
              "description": "Names, separated by commas; without it, all that the client may read.",
              "schema": {
               "type": "string"
              },
              "example": "tasks,notes"
             },
             {
              "name": "limit",
              "in": "query",
              "description": "How many changes there are in the answer at most.",
              "schema": {
               "type": "integer",
               "minimum": 1,
               "maximum": 1000,
               "default": 500
              }
             },
             {
              "name": "scope_id",
              "in": "query",
              "description": "The user or the group whose documents are meant; without it, all that the token opens.",
              "schema": {
               "type": "string"
              }
             }
            ],
            "responses": {
             "200": {
              "description": "Changes, or that there must be a full resync.",
              "content": {
               "application/json": {
                "schema": {
                 "oneOf": [
                  {
                   "$ref": "#/components/schemas/Pulled"
                  },
                  {
                   "$ref": "#/components/schemas/FullResyncRequired"
                  }
                 ]
                },
                "examples": {
                 "changes": {
                  "value": {
                   "changes": [
                    {
                     "version": "20260502T120501.250Z-0000",
                     "collection": "tasks",
                     "doc_id": "task-abc-123",
                     "operation": "upsert",
                     "data": {
                      "_id": "task-abc-123",
                      "title": "Acquire inventory",
                      "done": false
                     },
                     "parent_version": "20260502T120000.000Z-0001"
                    }
                   ],
                   "last_seq": "20260502T120501.250Z-0000"
                  }
                 },
                 "resync": {
                  "value": {
                   "full_resync_required": true,
                   "collections": [
                    "tasks"
                   ]
                  }
                 }
                }
               }
              }
             },
             "401": {
              "$ref": "#/components/responses/Unauthorized"
             },
             "403": {
              "$ref": "#/components/responses/Forbidden"
             },
             "422": {
              "$ref": "#/components/responses/Invalid"
             },
             "429": {
              "$ref": "#/components/responses/TooMany"
             },
             "503": {
              "$ref": "#/components/responses/Unavailable"
             }
            }
           }
          },
          "/full": {
           "get": {
            "operationId": "full",
            "summary": "Reads all documents.",
            "description": "All documents of the collections, the deleted ones too, as of the moment of the first page: a line of JSON each\n(`FullLine`), in no promised order, compressed by gzip whatever the client accepts. While there is more,\n`X-Sync-Cursor` asks for the next page, with the same token and collections; a page may end before `limit`, at\n1 MiB of documents. `X-Sync-LastSeq` is the `since` of the pull that follows, the same on every page: it has\nwhat was edited meanwhile.\n",
            "parameters": [
             {
              "name": "collections",
              "in": "query",
              "required": true,
              "description": "Names, separated by commas.",
              "schema": {
               "type": "string"
              },
              "example": "tasks"
             },
             {
              "name": "cursor",
              "in": "query",
              "description": "The `X-Sync-Cursor` of the page before.",
              "schema": {
               "type": "string"
              }
             },
             {
              "name": "limit",
              "in": "query",
              "description": "How many documents there are in the answer at most.",
              "schema": {
               "type": "integer",
               "minimum": 1,
               "maximum": 1000,
               "default": 1000
              }
             },
             {
              "name": "scope_id",
              "in": "query",
              "description": "The user or the group whose documents are meant; without it, all that the token opens.",
              "schema": {
               "type": "string"
              }
             }
            ],
            "responses": {
             "200": {
              "description": "Lines of JSON.",
              "headers": {
               "X-Sync-LastSeq": {
                "required": true,
                "schema": {
                 "$ref": "#/components/schemas/Version"
                }
               },
               "X-Sync-Cursor": {
                "description": "There while there is more.",
                "schema": {
                 "type": "string"
                }
               },
               "Content-Encoding": {
                "required": true,
                "schema": {
                 "const": "gzip"
                }
               }
              },
              "content": {
               "application/x-ndjson": {
                "schema": {
                 "type": "string"
                },
                "example": "{\"collection\":\"tasks\",\"doc_id\":\"task-1\",\"data\":{\"_id\":\"task-1\",\"title\":\"Count\"},\"deleted\":false}\n{\"collection\":\"tasks\",\"doc_id\":\"task-2\",\"data\":null,\"deleted\":true}\n"
               }
              }
             },
             "401": {
              "$ref": "#/components/responses/Unauthorized"
             },
             "403": {
              "$ref": "#/components/responses/Forbidden"
             },
             "422": {
              "$ref": "#/components/responses/Invalid"
             },
             "429": {
              "$ref": "#/components/responses/TooMany"
             },
             "503": {
              "$ref": "#/components/responses/Unavailable"
             }
            }
           }
          },
          "/record": {
           "post": {
            "operationId": "record",
            "summary": "Writes a document as the server does.",
            "description": "For other services of the operator's: it takes the server's admin token. The write is never a conflict, and\nreaches the clients of the scope like any other.\n",
            "security": [
             {
              "adminToken": []
             }
            ],
            "requestBody": {
             "required": true,
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Record"
               },
               "example": {
                "collection": "inventory_items",
                "operation": "upsert",
                "doc_id": "item-7",
                "data": {
                 "stock": 12
                },
                "scope_id": "acme",
                "actor": "nightly-import"
               }
              }
             }
            },
            "responses": {
             "200": {
              "description": "It is stored.",
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Recorded"
                },
                "example": {
                 "doc_id": "item-7",
                 "version": "20260502T120501.250Z-0000"
                }
               }
              }
             },
             "401": {
              "$ref": "#/components/responses/Unauthorized"
             },
             "403": {
              "$ref": "#/components/responses/Forbidden"
             },
             "413": {
              "$ref": "#/components/responses/TooLarge"
             },
             "422": {
              "$ref": "#/components/responses/Invalid"
             },
             "429": {
              "$ref": "#/components/responses/TooMany"
             },
             "503": {
              "$ref": "#/components/responses/Unavailable"
             },
             "507": {
              "$ref": "#/components/responses/Full"
             }
            }
           }
          }
         },
         "components": {
          "securitySchemes": {
           "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The client's token."
           },
           "adminToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "The server's admin token."
           }
          },
          "schemas": {
           "Version": {
            "description": "A hybrid logical clock stamp.",
            "type": "string",
            "pattern": "^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])([0-5][0-9]){2}\\.[0-9]{1,6}Z-[0-9]+(-.*)?$"
           },
           "DocumentID": {
            "description": "Text of 1 to 512 bytes of UTF-8 without control characters, or an integer of 64 bits.",
            "oneOf": [
             {
              "type": "string",
              "minLength": 1,
              "maxLength": 512
             },
             {
              "type": "integer",
              "minimum": -9223372036854775808,
              "maximum": 9223372036854775807
             }
            ]
           },
           "Operation": {
            "enum": [
             "upsert",
             "delete"
            ]
           },
           "Data": {
            "description": "The whole document. What is read has its id as the member `_id`; members `_id` and `_sync_…` that a client sends\nare ignored. Null in what is read means that the document is deleted.\n",
            "type": [
             "object",
             "null"
            ]
           },
           "Change": {
            "type": "object",
            "required": [
             "collection",
             "operation",
             "doc_id"
            ],
            "properties": {
             "collection": {
              "type": "string"
             },
             "operation": {
              "$ref": "#/components/schemas/Operation"
             },
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "data": {
              "$ref": "#/components/schemas/Data"
             },
             "parent_version": {
              "description": "The version that the client edited; null (or empty) for a new document.",
              "anyOf": [
               {
                "$ref": "#/components/schemas/Version"
               },
               {
                "const": ""
               },
               {
                "type": "null"
               }
              ]
             },
             "scope_id": {
              "description": "The group, where the client is in several of those that the collection is kept by.",
              "type": [
               "string",
               "null"
              ]
             }
            }
           },
           "Push": {
            "type": "object",
            "required": [
             "client_id",
             "changes"
            ],
            "properties": {
             "client_id": {
              "type": "string",
              "description": "Names the installation of the client."
             },
             "changes": {
              "type": "array",
              "minItems": 1,
              "items": {
               "$ref": "#/components/schemas/Change"
              }
             }
            }
           },
           "Pushed": {
            "type": "object",
            "required": [
             "results"
            ],
            "additionalProperties": false,
            "properties": {
             "results": {
              "type": "array",
              "items": {
               "$ref": "#/components/schemas/Result"
              }
             }
            }
           },
           "Result": {
            "type": "object",
            "required": [
             "doc_id",
             "status",
             "new_version",
             "server_version",
             "error"
            ],
            "additionalProperties": false,
            "properties": {
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "status": {
              "enum": [
               "accepted",
               "conflict_resolved",
               "rejected"
              ]
             },
             "new_version": {
              "description": "The version that the change took; null when it is rejected.",
              "anyOf": [
               {
                "$ref": "#/components/schemas/Version"
               },
               {
                "type": "null"
               }
              ]
             },
             "server_version": {
              "description": "The version that is stored in place of the rejected one.",
              "anyOf": [
               {
                "$ref": "#/components/schemas/Version"
               },
               {
                "type": "null"
               }
              ]
             },
             "error": {
              "type": [
               "string",
               "null"
              ]
             }
            }
           },
           "Entry": {
            "type": "object",
            "required": [
             "version",
             "collection",
             "doc_id",
             "operation",
             "data",
             "parent_version"
            ],
            "additionalProperties": false,
            "properties": {
             "version": {
              "$ref": "#/components/schemas/Version"
             },
             "collection": {
              "type": "string"
             },
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "operation": {
              "$ref": "#/components/schemas/Operation"
             },
             "data": {
              "$ref": "#/components/schemas/Data"
             },
             "parent_version": {
              "description": "As the writer sent it.",
              "anyOf": [
               {
                "$ref": "#/components/schemas/Version"
               },
               {
                "type": "null"
               }
              ]
             }
            }
           },
           "Pulled": {
            "type": "object",
            "required": [
             "changes",
             "last_seq"
            ],
            "additionalProperties": false,
            "properties": {
             "changes": {
              "type": "array",
              "items": {
               "$ref": "#/components/schemas/Entry"
              }
             },
             "last_seq": {
              "$ref": "#/components/schemas/Version"
             }
            }
           },
           "FullResyncRequired": {
            "type": "object",
            "required": [
             "full_resync_required",
             "collections"
            ],
            "additionalProperties": false,
            "properties": {
             "full_resync_required": {
              "const": true
             },
             "collections": {
              "type": "array",
              "items": {
               "type": "string"
              }
             }
            }
           },
           "FullLine": {
            "description": "A line of a full resync.",
            "type": "object",
            "required": [
             "collection",
             "doc_id",
             "data",
             "deleted"
            ],
            "additionalProperties": false,
            "properties": {
             "collection": {
              "type": "string"
             },
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "data": {
              "$ref": "#/components/schemas/Data"
             },
             "deleted": {
              "type": "boolean",
              "description": "True when the document is deleted; then `data` is null."
             }
            }
           },
           "Subscribe": {
            "description": "The first message of a stream.",
            "type": "object",
            "required": [
             "type",
             "since",
             "collections"
            ],
            "properties": {
             "type": {
              "const": "subscribe"
             },
             "since": {
              "$ref": "#/components/schemas/Version"
             },
             "collections": {
              "description": "None means all that the client may read.",
              "type": "array",
              "items": {
               "type": "string"
              }
             },
             "token": {
              "type": [
               "string",
               "null"
              ]
             },
             "scope_id": {
              "type": [
               "string",
               "null"
              ]
             }
            }
           },
           "StreamMessage": {
            "description": "What a server sends over a stream.",
            "oneOf": [
             {
              "$ref": "#/components/schemas/Entry"
             },
             {
              "type": "object",
              "required": [
               "type"
              ],
              "additionalProperties": false,
              "properties": {
               "type": {
                "const": "ping"
               }
              }
             },
             {
              "type": "object",
              "required": [
               "type",
               "collections"
              ],
              "additionalProperties": false,
              "properties": {
               "type": {
                "const": "full_resync_required"
               },
               "collections": {
                "type": "array",
                "items": {
                 "type": "string"
                }
               }
              }
             },
             {
              "type": "object",
              "required": [
               "type",
               "expires_in"
              ],
              "additionalProperties": false,
              "properties": {
               "type": {
                "const": "auth_ack"
               },
               "expires_in": {
                "description": "Seconds; null for never.",
                "type": [
                 "integer",
                 "null"
                ]
               }
              }
             },
             {
              "type": "object",
              "required": [
               "type",
               "detail"
              ],
              "additionalProperties": false,
              "properties": {
               "type": {
                "const": "error"
               },
               "detail": {
                "type": "string"
               }
              }
             }
            ]
           },
           "Record": {
            "type": "object",
            "required": [
             "collection",
             "operation",
             "doc_id"
            ],
            "properties": {
             "collection": {
              "type": "string"
             },
             "operation": {
              "$ref": "#/components/schemas/Operation"
             },
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "data": {
              "$ref": "#/components/schemas/Data"
             },
             "scope_id": {
              "description": "The id of the user, or of the group, whose document it is; none in a global collection.",
              "type": [
               "string",
               "null"
              ]
             },
             "actor": {
              "description": "Who writes, for the record of it.",
              "type": [
               "string",
               "null"
              ]
             }
            }
           },
           "Recorded": {
            "type": "object",
            "required": [
             "doc_id",
             "version"
            ],
            "additionalProperties": false,
            "properties": {
             "doc_id": {
              "$ref": "#/components/schemas/DocumentID"
             },
             "version": {
              "$ref": "#/components/schemas/Version"
             }
            }
           },
           "Error": {
            "type": "object",
            "required": [
             "detail"
            ],
            "properties": {
             "detail": {
              "type": "string"
             }
            }
           },
           "ValidationError": {
            "type": "object",
            "required": [
             "detail"
            ],
            "properties": {
             "detail": {
              "type": "array",
              "minItems": 1,
              "items": {
               "type": "object",
               "required": [
                "loc",
                "msg",
                "type"
               ],
               "properties": {
                "loc": {
                 "description": "The way to what is wrong, as in `[\"body\",\"changes\",0,\"doc_id\"]` or `[\"query\",\"since\"]`.",
                 "type": "array",
                 "items": {
                  "type": [
                   "string",
                   "integer"
                  ]
                 }
                },
                "msg": {
                 "type": "string"
                },
                "type": {
                 "type": "string"
                }
               }
              }
             }
            }
           }
          },
          "responses": {
           "Unauthorized": {
            "description": "There is no token, or it is not good.",
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "Not authenticated"
              }
             }
            }
           },
           "Forbidden": {
            "description": "A collection is not configured, or not for this client.",
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "Collection not configured: nowhere"
              }
             }
            }
           },
           "TooLarge": {
            "description": "The request has more bytes, or more changes, than the server takes at once.",
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "At most 500 changes are taken in one push"
              }
             }
            }
           },
           "Invalid": {
            "description": "The request is not as it must be.",
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/ValidationError"
              },
              "example": {
               "detail": [
                {
                 "loc": [
                  "query",
                  "since"
                 ],
                 "msg": "Value error, Invalid HLC value: yesterday",
                 "type": "value_error"
                }
               ]
              }
             }
            }
           },
           "TooMany": {
            "description": "This client asks for too much.",
            "headers": {
             "Retry-After": {
              "required": true,
              "schema": {
               "type": "integer",
               "minimum": 0
              }
             }
            },
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "Too many requests"
              }
             }
            }
           },
           "Unavailable": {
            "description": "The server cannot answer now.",
            "headers": {
             "Retry-After": {
              "required": true,
              "schema": {
               "type": "integer",
               "minimum": 0
              }
             }
            },
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "The store does not answer"
              }
             }
            }
           },
           "Full": {
            "description": "The store has no room for more. Deletes are taken.",
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Error"
              },
              "example": {
               "detail": "The store is full: only deletes are taken"
              }
             }
            }
           }
          }
         }
        }
        """#
}
