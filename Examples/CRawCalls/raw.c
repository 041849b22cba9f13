#define _GNU_SOURCE
#include "CRawCalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int64_t raw_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
  long result = syscall(number, a, b, c, d, e, f);
  return result < 0 ? -errno : result;
}

int64_t raw_call_32bit(long number) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(0), "c"(0), "d"(0) : "memory");
  return result;
#else
  (void)number;
  return -ENOSYS;
#endif
}

int64_t raw_packet(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
  struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  char control[CMSG_SPACE(sizeof(int) * 253)];
  if (descriptor_count > 0 && descriptor_count <= 253) {
    memset(control, 0, sizeof(control));
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptor_count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptor_count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * descriptor_count);
  }
  long sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

void raw_wait_forever(void) {
  int nothing = epoll_create1(0);
  struct epoll_event event;
  for (;;) (void)epoll_wait(nothing, &event, 1, -1);
}

// `volatile` throughout: an optimizer may take away what has no effect, and an endless loop is such a thing.
void raw_spin(void) {
  for (volatile uint64_t turns = 0;; turns++) {
  }
}

void raw_allocate(void) {
  enum { piece = 1 << 20, page = 4096 };
  for (volatile char *memory; (memory = malloc(piece));) {
    for (size_t offset = 0; offset < piece; offset += page) memory[offset] = 1;
  }
}

void raw_hoard(void) {
  static char block[1 << 20];
  memset(block, 1, sizeof(block));
  for (long file; (file = syscall(SYS_memfd_create, "hoard", 0)) >= 0;) {
    while (write((int)file, block, sizeof(block)) == sizeof(block)) {
    }
  }
}

void raw_segfault(void) { *(volatile int *)0 = 1; }
