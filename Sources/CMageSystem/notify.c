#define _GNU_SOURCE  // process_vm_readv
#include "CMageSystem.h"

#include <errno.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

// What a host does with a stopped call beside refusing it.

static int negated(long result) { return result < 0 ? -errno : (int)result; }

int mage_notification_continue(int listener, uint64_t id) {
  struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  return negated(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

int mage_notification_give(int listener, uint64_t id, int descriptor, bool close_on_exec) {
  struct seccomp_notif_addfd addition = {
      .id = id,
      // In one step with the answer: a caller that is interrupted in between would keep a descriptor it knows nothing of.
      .flags = SECCOMP_ADDFD_FLAG_SEND,
      .srcfd = (uint32_t)descriptor,
      .newfd_flags = close_on_exec ? 02000000 : 0,  // O_CLOEXEC
  };
  return negated(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addition));
}

int64_t mage_read_memory(int32_t pid, uint64_t address, void *buffer, size_t count) {
  struct iovec local = {.iov_base = buffer, .iov_len = count};
  struct iovec remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = count};
  ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
  return got < 0 ? -errno : got;
}

int mage_open_beneath(int directory, const char *path, uint64_t flags, bool cached_only) {
  struct open_how how;
  memset(&how, 0, sizeof(how));
  how.flags = flags | 02000000;  // O_CLOEXEC
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  if (cached_only) how.resolve |= 0x20;  // RESOLVE_CACHED, which headers before Linux 5.12 lack
  return negated(syscall(SYS_openat2, directory, path, &how, sizeof(how)));
}

int64_t mage_file_system_kind(int descriptor) {
  struct statfs facts;
  return fstatfs(descriptor, &facts) < 0 ? -errno : (int64_t)(uint32_t)facts.f_type;
}

int mage_notification_replace(int listener, uint64_t id, int descriptor, int number, bool close_on_exec) {
  struct seccomp_notif_addfd addition = {
      .id = id,
      .flags = SECCOMP_ADDFD_FLAG_SETFD,
      .srcfd = (uint32_t)descriptor,
      .newfd = (uint32_t)number,
      .newfd_flags = close_on_exec ? 02000000 : 0,  // O_CLOEXEC
  };
  return negated(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addition));
}
