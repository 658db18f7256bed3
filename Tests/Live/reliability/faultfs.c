// Storage that fails while a control file exists.
//
// Preloaded into a server, this makes calls on files directly in $FAULTFS_STORE fail. The control file
// $FAULTFS_CONTROL holds two words: which calls ("sync" or "write"), and how ("EIO" or "ENOSPC"). While there is no
// such file all is well. Each fault that fired adds a byte to $FAULTFS_CONTROL.fired: a test asserts that it grew.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static char store[PATH_MAX], control[PATH_MAX], fired[PATH_MAX + 8];

static void resolve(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    const char *directory = getenv("FAULTFS_STORE"), *file = getenv("FAULTFS_CONTROL");
    if (!directory || !realpath(directory, store) || !file || strlen(file) >= PATH_MAX) {
        fputs("faultfs: FAULTFS_STORE and FAULTFS_CONTROL are needed\n", stderr);
        abort();
    }
    strcpy(control, file);
    snprintf(fired, sizeof fired, "%s.fired", control);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
#define READY() pthread_once(&once, resolve)

static int in_store(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    size_t end = strlen(store);
    // The log that the harness keeps beside the store is not the store.
    if (length > 4 && !strcmp(path + length - 4, ".log")) return 0;
    return !strncmp(path, store, end) && path[end] == '/';
}

// The error that this call is to fail with, or 0.
static int fault(const char *call, int fd) {
    int saved = errno, error = 0, file = open(control, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        char order[32] = {0}, which[16], how[16];
        ssize_t length = read(file, order, sizeof order - 1);
        close(file);
        if (length > 0 && sscanf(order, "%15s %15s", which, how) == 2 && !strcmp(which, call) && in_store(fd))
            error = strcmp(how, "ENOSPC") ? EIO : ENOSPC;
    }
    if (error) {
        int note = open(fired, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (note < 0 || real_write(note, ".", 1) != 1) abort();
        close(note);
    }
    errno = saved;
    return error;
}

#define FAIL_IF(call, fd)                   \
    READY();                                \
    int error = fault(call, fd);            \
    if (error) {                            \
        errno = error;                      \
        return -1;                          \
    }

int fsync(int fd) {
    FAIL_IF("sync", fd)
    return real_fsync(fd);
}

int fdatasync(int fd) {
    FAIL_IF("sync", fd)
    return real_fdatasync(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    FAIL_IF("write", fd)
    return real_write(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    FAIL_IF("write", fd)
    return real_pwrite(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
    FAIL_IF("write", fd)
    return real_pwrite(fd, bytes, length, at);
}
