// What a power cut would certainly have preserved.
//
// Preloaded into a server, this mirrors every file directly in $POWERLOSS_STORE to $POWERLOSS_MIRROR, each only when,
// and as far as, the server syncs it: bytes written since the last sync are not in the mirror. A removed file leaves
// the mirror when its directory is synced. Files that exist at the start are expected to be in the mirror already.
//
// Kept simple: a new file is in the mirror from its first sync on, a rename is mirrored at once, and writes through
// mmap go unnoticed (SQLite maps only its -shm file, which it rebuilds, and which is therefore left out).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FDS 4096
#define MAX_FILES 64
#define MAX_RANGES 4096

struct range { off_t from, to; };

struct file {
    char name[NAME_MAX + 1];
    int is_new;                         // created since its last sync: the mirror's content is another file's
    int count;
    struct range dirty[MAX_RANGES];
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static char store[PATH_MAX], mirror[PATH_MAX];
static struct file *files[MAX_FILES];
static struct file *by_fd[MAX_FDS];     // NULL: not ours
static char is_directory[MAX_FDS];      // the store's own directory, open for a sync
static char removed[MAX_FILES][NAME_MAX + 1];

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_rename)(const char *, const char *);

static void die(const char *what) {
    fprintf(stderr, "powerloss: %s: %s\n", what, strerror(errno));
    abort();
}

static void resolve(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_openat = dlsym(RTLD_NEXT, "openat");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_rename = dlsym(RTLD_NEXT, "rename");
    const char *from = getenv("POWERLOSS_STORE"), *to = getenv("POWERLOSS_MIRROR");
    if (!from || !to || !realpath(from, store) || !realpath(to, mirror)) die("POWERLOSS_STORE and POWERLOSS_MIRROR");
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
#define READY() pthread_once(&once, resolve)

// The part of a path behind the store's directory, or NULL when it is not directly in it.
static const char *name_in_store(const char *path) {
    size_t length = strlen(store);
    if (strncmp(path, store, length) || path[length] != '/') return NULL;
    const char *name = path + length + 1;
    size_t end = strlen(name);
    if (!end || strchr(name, '/') || (end > 4 && !strcmp(name + end - 4, "-shm"))) return NULL;
    return name;
}

static void join(char *path, const char *directory, const char *name) {
    if (snprintf(path, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX) die("a path is too long");
}

static struct file *file_named(const char *name) {
    for (int i = 0; i < MAX_FILES; i++) {
        if (!files[i]) {
            files[i] = calloc(1, sizeof(struct file));
            strcpy(files[i]->name, name);
        }
        if (!strcmp(files[i]->name, name)) return files[i];
    }
    errno = ENFILE;
    die("too many files");
    return NULL;
}

static int existed(int at, const char *path) {
    struct stat status;
    return fstatat(at, path, &status, 0) == 0 && status.st_size > 0;
}

static int opened(int fd, int flags, int was_there) {
    if (fd < 0 || fd >= MAX_FDS) return fd;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return fd;
    path[length] = 0;
    int saved = errno;
    pthread_mutex_lock(&guard);
    const char *name = name_in_store(path);
    is_directory[fd] = !strcmp(path, store);
    by_fd[fd] = name ? file_named(name) : NULL;
    if (name && (flags & (O_CREAT | O_TRUNC)) && (!was_there || (flags & O_TRUNC))) {
        by_fd[fd]->is_new = 1;
        by_fd[fd]->count = 0;
    }
    pthread_mutex_unlock(&guard);
    errno = saved;
    return fd;
}

static void wrote(int fd, off_t from, ssize_t length) {
    if (length <= 0 || fd < 0 || fd >= MAX_FDS || !by_fd[fd]) return;
    int saved = errno;
    pthread_mutex_lock(&guard);
    struct file *file = by_fd[fd];
    off_t to = from + length;
    struct range *last = file->count ? &file->dirty[file->count - 1] : NULL;
    if (last && from <= last->to && to >= last->from) {
        if (from < last->from) last->from = from;
        if (to > last->to) last->to = to;
    } else {
        if (file->count == MAX_RANGES) {
            // Too many to tell apart: one range around all. It copies only what the file holds at the sync anyway.
            for (int i = 1; i < file->count; i++) {
                if (file->dirty[i].from < file->dirty[0].from) file->dirty[0].from = file->dirty[i].from;
                if (file->dirty[i].to > file->dirty[0].to) file->dirty[0].to = file->dirty[i].to;
            }
            file->count = 1;
        }
        file->dirty[file->count++] = (struct range){from, to};
    }
    pthread_mutex_unlock(&guard);
    errno = saved;
}

// Where a plain write went: the offset now lies behind it.
static void wrote_here(int fd, ssize_t length) {
    if (length > 0 && fd >= 0 && fd < MAX_FDS && by_fd[fd]) wrote(fd, lseek(fd, 0, SEEK_CUR) - length, length);
}

static void copy(int from, int to, struct range range) {
    static char buffer[1 << 16];
    while (range.from < range.to) {
        size_t want = range.to - range.from < (off_t)sizeof buffer ? (size_t)(range.to - range.from) : sizeof buffer;
        ssize_t got = pread(from, buffer, want, range.from);
        if (got < 0) die("reading the store");
        if (got == 0) return;
        if (real_pwrite(to, buffer, got, range.from) != got) die("writing the mirror");
        range.from += got;
    }
}

static void synced_file(int fd, struct file *file) {
    char path[PATH_MAX], source[64];
    join(path, mirror, file->name);
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    // The descriptor itself may be for writing only.
    int from = real_open(source, O_RDONLY | O_CLOEXEC);
    int to = real_open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (file->is_new ? O_TRUNC : 0), 0644);
    struct stat status;
    if (from < 0 || to < 0 || fstat(from, &status)) die(path);
    if (file->is_new) {
        copy(from, to, (struct range){0, status.st_size});
    } else {
        for (int i = 0; i < file->count; i++) copy(from, to, file->dirty[i]);
    }
    if (ftruncate(to, status.st_size)) die("cutting the mirror");
    file->is_new = file->count = 0;
    real_close(from);
    real_close(to);
}

static void synced_directory(void) {
    for (int i = 0; i < MAX_FILES; i++) {
        if (!removed[i][0]) continue;
        char path[PATH_MAX];
        join(path, store, removed[i]);
        if (access(path, F_OK)) {
            join(path, mirror, removed[i]);
            real_unlink(path);
        }
        removed[i][0] = 0;
    }
}

static int synced(int fd, int result) {
    if (result || fd < 0 || fd >= MAX_FDS) return result;
    pthread_mutex_lock(&guard);
    if (by_fd[fd]) synced_file(fd, by_fd[fd]);
    if (is_directory[fd]) synced_directory();
    pthread_mutex_unlock(&guard);
    return result;
}

static void will_remove(const char *path) {
    char full[PATH_MAX];
    if (!realpath(path, full)) return;
    pthread_mutex_lock(&guard);
    const char *name = name_in_store(full);
    for (int i = 0; name && i < MAX_FILES; i++) {
        if (removed[i][0] && strcmp(removed[i], name)) continue;
        strcpy(removed[i], name);
        break;
    }
    pthread_mutex_unlock(&guard);
}

static mode_t mode_of(int flags, va_list rest) {
    return (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                          \
    int name(const char *path, int flags, ...) {                            \
        READY();                                                            \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode_t mode = mode_of(flags, rest);                                 \
        va_end(rest);                                                       \
        int there = existed(AT_FDCWD, path);                                \
        return opened(real_open(path, flags, mode), flags, there);          \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                        \
    int name(int at, const char *path, int flags, ...) {                    \
        READY();                                                            \
        va_list rest;                                                       \
        va_start(rest, flags);                                              \
        mode_t mode = mode_of(flags, rest);                                 \
        va_end(rest);                                                       \
        int there = existed(at, path);                                      \
        return opened(real_openat(at, path, flags, mode), flags, there);    \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    READY();
    if (fd >= 0 && fd < MAX_FDS) by_fd[fd] = NULL, is_directory[fd] = 0;
    return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    READY();
    ssize_t done = real_write(fd, bytes, length);
    wrote_here(fd, done);
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    READY();
    ssize_t done = real_writev(fd, parts, count);
    wrote_here(fd, done);
    return done;
}

#define PWRITE(name)                                                        \
    ssize_t name(int fd, const void *bytes, size_t length, off_t at) {      \
        READY();                                                            \
        ssize_t done = real_pwrite(fd, bytes, length, at);                  \
        wrote(fd, at, done);                                                \
        return done;                                                        \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                       \
    ssize_t name(int fd, const struct iovec *parts, int count, off_t at) {  \
        READY();                                                            \
        ssize_t done = real_pwritev(fd, parts, count, at);                  \
        wrote(fd, at, done);                                                \
        return done;                                                        \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

// A cut takes effect in the mirror at the next sync, which makes the lengths equal: ftruncate needs no hook.

int fsync(int fd) {
    READY();
    return synced(fd, real_fsync(fd));
}

int fdatasync(int fd) {
    READY();
    return synced(fd, real_fdatasync(fd));
}

int unlink(const char *path) {
    READY();
    will_remove(path);
    return real_unlink(path);
}

int unlinkat(int at, const char *path, int flags) {
    READY();
    if (at == AT_FDCWD || path[0] == '/') will_remove(path);
    return real_unlinkat(at, path, flags);
}

int rename(const char *from, const char *to) {
    READY();
    char full[PATH_MAX];
    int ours = realpath(from, full) && name_in_store(full);
    int result = real_rename(from, to);
    if (result == 0 && ours) {
        char old[PATH_MAX], new[PATH_MAX];
        join(old, mirror, strrchr(full, '/') + 1);
        const char *slash = strrchr(to, '/');
        join(new, mirror, slash ? slash + 1 : to);
        real_rename(old, new);
    }
    return result;
}
