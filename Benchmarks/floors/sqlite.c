/* What the disk and SQLite alone can do with the records of `pulsed bench`, in the layout and with the pragmas that
   Sources/PulseSQLite has: nothing is parsed, judged, encoded or sent.

   sqlite commits FILE SECONDS GROUP    durable commits of GROUP new records each, one after the other
   sqlite trip FILE SECONDS             a message over loopback, one durable commit of one record, an answer

   GROUP records are looked up and written in one transaction, as the server does it. Prints one JSON object. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { maximum_group = 100000, maximum_trips = 1000000, message_bytes = 300, answer_bytes = 100 };

static const char *schema =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;"
    "PRAGMA wal_autocheckpoint = 16000;"
    "CREATE TABLE record (version INTEGER PRIMARY KEY, model INTEGER NOT NULL, sync_id BLOB NOT NULL,"
    " scope TEXT NOT NULL, id INTEGER NOT NULL, state INTEGER NOT NULL, base INTEGER NOT NULL, writer TEXT,"
    " created INTEGER NOT NULL, updated INTEGER NOT NULL, fields BLOB NOT NULL, history BLOB,"
    " stamp INTEGER NOT NULL DEFAULT 0, parent INTEGER) STRICT;"
    "CREATE UNIQUE INDEX record_key ON record(sync_id, model);"
    "CREATE INDEX record_lane ON record(model, scope, version);"
    "CREATE INDEX record_tombstone ON record(model, state, version) WHERE state <> 0;";

static sqlite3 *database;
static sqlite3_stmt *begin, *commit, *head, *find, *insert;
static sqlite3_int64 version;
static uint64_t seed;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, database ? sqlite3_errmsg(database) : "");
    exit(1);
}

static sqlite3_stmt *prepare(const char *text) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)) fail(text);
    return statement;
}

static void run(sqlite3_stmt *statement) {
    int result = sqlite3_step(statement);
    if (result != SQLITE_DONE && result != SQLITE_ROW) fail(sqlite3_sql(statement));
    sqlite3_reset(statement);
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database)) fail(path);
    if (sqlite3_exec(database, schema, NULL, NULL, NULL)) fail("schema");
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    head = prepare("SELECT version, stamp FROM record ORDER BY version DESC LIMIT 1");
    find = prepare("SELECT * FROM record WHERE sync_id = ? AND model = ?");
    insert = prepare("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    seed = (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
}

/* SplitMix64. */
static uint64_t next_random(void) {
    uint64_t mixed = seed += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int by_key(const void *one, const void *other) { return memcmp(one, other, 16); }
static int by_value(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

/* One durable commit. */
static void commit_group(int count) {
    static uint64_t keys[maximum_group][2], sorted[maximum_group][2];
    for (int index = 0; index < count; index++)
        for (int half = 0; half < 2; half++) keys[index][half] = next_random();
    memcpy(sorted, keys, sizeof keys[0] * count);
    qsort(sorted, count, sizeof sorted[0], by_key);
    run(begin);
    for (int index = 0; index < count; index++) {
        sqlite3_bind_blob(find, 1, sorted[index], 16, SQLITE_STATIC);
        sqlite3_bind_int64(find, 2, 4);
        run(find);
    }
    run(head);
    for (int index = 0; index < count; index++) {
        char scope[40], fields[200];
        sqlite3_int64 microseconds = 1790000000000000 + version;
        version++;
        int user = index / 50 % 8 + 1;
        int scope_bytes = snprintf(scope, sizeof scope, "u:bench-upload-%d", user);
        int field_bytes = snprintf(
            fields, sizeof fields,
            "\"title\":\"Call the plumber about room %012llx\",\"description\":\"Second floor, before Friday; bring the "
            "spare key to %012llx\",\"completed\":%s",
            (unsigned long long)keys[index][0] >> 16, (unsigned long long)keys[index][1] >> 16,
            index & 1 ? "true" : "false");
        sqlite3_bind_int64(insert, 1, version);
        sqlite3_bind_int64(insert, 2, 4);
        sqlite3_bind_blob(insert, 3, keys[index], 16, SQLITE_STATIC);
        sqlite3_bind_text(insert, 4, scope, scope_bytes, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 5, version);
        sqlite3_bind_int64(insert, 6, 0);
        sqlite3_bind_int64(insert, 7, 0);
        sqlite3_bind_text(insert, 8, scope + 2, scope_bytes - 2, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 9, microseconds);
        sqlite3_bind_int64(insert, 10, microseconds);
        sqlite3_bind_blob(insert, 11, fields, field_bytes, SQLITE_STATIC);
        sqlite3_bind_null(insert, 12);
        sqlite3_bind_int64(insert, 13, microseconds * 10);
        sqlite3_bind_null(insert, 14);
        run(insert);
    }
    run(commit);
}

static void measure_commits(double seconds, int group) {
    double began = now(), end = began + seconds;
    long commits = 0;
    do {
        commit_group(group);
        commits++;
    } while (now() < end);
    double took = now() - began;
    printf("{\"group\":%d,\"commits\":%ld,\"records_per_second\":%.1f}\n", group, commits, commits * group / took);
}

static void transfer(int socket, size_t count, int is_sending) {
    static char bytes[message_bytes];
    for (size_t done = 0; done < count;) {
        ssize_t step =
            is_sending ? send(socket, bytes, count - done, MSG_NOSIGNAL) : recv(socket, bytes, count - done, 0);
        if (step <= 0) exit(is_sending);
        done += step;
    }
}

static void serve(int listener, const char *path) {
    int on = 1, client = accept(listener, NULL, NULL);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open_database(path);
    for (;;) {
        transfer(client, message_bytes, 0);
        commit_group(1);
        transfer(client, answer_bytes, 1);
    }
}

static void measure_trips(const char *path, double seconds) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)
        || getsockname(listener, (struct sockaddr *)&address, &length))
        fail("listen");
    pid_t child = fork();
    if (child == 0) serve(listener, path);
    if (child < 0 || connect(client, (struct sockaddr *)&address, length)) fail("connect");
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    static double times[maximum_trips];
    long count = 0;
    transfer(client, message_bytes, 1);
    transfer(client, answer_bytes, 0);
    for (double end = now() + seconds; count == 0 || (now() < end && count < maximum_trips); count++) {
        double began = now();
        transfer(client, message_bytes, 1);
        transfer(client, answer_bytes, 0);
        times[count] = now() - began;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    qsort(times, count, sizeof times[0], by_value);
    double half = times[count / 2], most = times[count * 99 / 100];
    printf("{\"trips\":%ld,\"p50_ms\":%.4f,\"p99_ms\":%.4f}\n", count, half * 1e3, most * 1e3);
}

int main(int argc, char **argv) {
    if (argc == 5 && !strcmp(argv[1], "commits") && atoi(argv[4]) > 0 && atoi(argv[4]) <= maximum_group) {
        open_database(argv[2]);
        measure_commits(atof(argv[3]), atoi(argv[4]));
    } else if (argc == 4 && !strcmp(argv[1], "trip")) {
        measure_trips(argv[2], atof(argv[3]));
    } else {
        fprintf(stderr, "usage: sqlite commits FILE SECONDS GROUP | sqlite trip FILE SECONDS\n");
        return 2;
    }
    return 0;
}
