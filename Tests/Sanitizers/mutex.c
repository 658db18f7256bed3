// On Linux a Mutex that is contended is taken and given back inside Swift's own library, which the thread sanitizer does
// not watch: it then reports races at whatever the mutex guards. Loaded before the program, this tells it.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// Absent in programs that are not watched.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void unlock(SELF) __asm__(UNLOCK);

static SWIFT void (*next_lock)(uint32_t thread, SELF);
static SWIFT void (*next_unlock)(SELF);

__attribute__((constructor)) static void find(void) {
    next_lock = dlsym(RTLD_NEXT, LOCK);
    next_unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock(uint32_t thread, SELF) {
    next_lock(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock(SELF) {
    if (__tsan_release) __tsan_release(self);
    next_unlock(self);
}
