#define _GNU_SOURCE
#include "CFloor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int transfer(int socket, unsigned char *bytes, size_t size, int sends) {
  for (size_t done = 0; done < size;) {
    ssize_t count = sends ? write(socket, bytes + done, size - done) : read(socket, bytes + done, size - done);
    if (count <= 0) return count < 0 ? -errno : -EPIPE;
    done += (size_t)count;
  }
  return 0;
}

int floor_stream(size_t size, uint32_t count, uint64_t *nanoseconds) {
  int ends[2];
  unsigned char *bytes = malloc(size), last;
  if (!bytes) return -ENOMEM;
  memset(bytes, 7, size);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    free(bytes);
    return -errno;
  }
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    memset(bytes, 1, size);  // its own pages, as a receiver has that does this all the time
    if (write(ends[1], bytes, 1) != 1) _exit(1);
    for (uint32_t round = 0; round < count; round++) {
      if (transfer(ends[1], bytes, size, 0) != 0) _exit(1);
    }
    if (write(ends[1], bytes, 1) != 1) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  int result = child < 0 ? -errno : 0;
  if (result == 0 && read(ends[0], &last, 1) != 1) result = -EPIPE;
  uint64_t start = floor_now();
  for (uint32_t round = 0; round < count && result == 0; round++) result = transfer(ends[0], bytes, size, 1);
  if (result == 0 && read(ends[0], &last, 1) != 1) result = -EPIPE;
  *nanoseconds = floor_now() - start;
  close(ends[0]);
  if (child > 0) waitpid(child, NULL, 0);
  free(bytes);
  return result;
}

int floor_copy(size_t size, uint32_t count, uint64_t *nanoseconds) {
  unsigned char *from = malloc(size), *to = malloc(size);
  int result = from && to ? 0 : -ENOMEM;
  if (result == 0) {
    memset(from, 7, size);
    memset(to, 1, size);
    uint64_t start = floor_now();
    for (uint32_t round = 0; round < count; round++) {
      memcpy(to, from, size);
      __asm__ volatile("" : : "r"(to) : "memory");  // each copy is made
    }
    *nanoseconds = floor_now() - start;
  }
  free(from);
  free(to);
  return result;
}
