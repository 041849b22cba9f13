// Tells the thread sanitizer of the language's mutex. Its fast path is compiled into every user and seen there; its slow path is in a library that was built
// without a sanitizer, so that a lock which had to wait would look like none. Scripts/sanitize loads this in front of that library.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// In the tested program alone; the tools around it have none.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

#define SELF __attribute__((swift_context)) void *self
#define SWIFT __attribute__((swiftcall))

typedef SWIFT void lock_slow(uint32_t thread, SELF);
typedef SWIFT bool try_slow(SELF);
typedef SWIFT void unlock_slow(SELF);

static void *original(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

SWIFT void lock(uint32_t thread, SELF) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lock(uint32_t thread, SELF) {
  ((lock_slow *)original("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"))(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock(SELF) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
SWIFT bool try_lock(SELF) {
  bool is_locked = ((try_slow *)original("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"))(self);
  if (is_locked && __tsan_acquire) __tsan_acquire(self);
  return is_locked;
}

SWIFT void unlock(SELF) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlock(SELF) {
  if (__tsan_release) __tsan_release(self);
  ((unlock_slow *)original("$s15Synchronization12_MutexHandleV11_unlockSlowyyF"))(self);
}
