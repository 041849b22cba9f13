#define _GNU_SOURCE
#include "CFloor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Starts a program whose standard output is read from `*output`.
static int start(char *const arguments[], pid_t *child, int *output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  int error = posix_spawn(child, arguments[0], &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  *output = ends[0];
  if (error) close(ends[0]);
  return -error;
}

static int kill_one(char *const arguments[], uint64_t *nanoseconds) {
  pid_t child;
  int output;
  char byte;
  int status = start(arguments, &child, &output);
  if (status < 0) return status;
  ssize_t got = read(output, &byte, 1);
  int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
  uint64_t begin = floor_now();
  syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
  waitpid(child, NULL, 0);
  *nanoseconds = floor_now() - begin;
  close(pidfd);
  close(output);
  return got == 1 ? 0 : -EIO;
}

int floor_kill(const char *path, size_t bytes, uint32_t rounds, uint64_t *nanoseconds) {
  char size[32];
  snprintf(size, sizeof(size), "%zu", bytes);
  char *const arguments[] = {(char *)path, (char *)"hold", size, NULL};
  for (uint32_t round = 0; round < rounds; round++) {
    int status = kill_one(arguments, &nanoseconds[round]);
    if (status < 0) return status;
  }
  return 0;
}

int floor_number(char *const arguments[], uint64_t *number) {
  pid_t child;
  int output, status = 0;
  char text[64] = {0};
  int started = start(arguments, &child, &output);
  if (started < 0) return started;
  size_t size = 0;
  ssize_t got;
  while (size < sizeof(text) - 1 && (got = read(output, text + size, sizeof(text) - 1 - size)) > 0) size += (size_t)got;
  close(output);
  waitpid(child, &status, 0);
  *number = strtoull(text, NULL, 10);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// MARK: Passing

static int send_descriptor(int socket, int descriptor) {
  unsigned char bytes[64] = {0};
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof(control));
  struct iovec vector = {.iov_base = bytes, .iov_len = sizeof(bytes)};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(bytes) ? 0 : -errno;
}

static int receive_descriptor(int socket) {
  unsigned char bytes[64];
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec vector = {.iov_base = bytes, .iov_len = sizeof(bytes)};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
  int descriptor = -1;
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(bytes)) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header) memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
  return descriptor;
}

static _Noreturn void take_all(int socket, uint32_t count) {
  uint64_t value;
  for (uint32_t i = 0; i < count; i++) {
    int end = receive_descriptor(socket);
    if (end < 0 || recv(end, &value, sizeof(value), 0) != (ssize_t)sizeof(value)) _exit(1);
    close(end);
  }
  send(socket, "", 1, MSG_NOSIGNAL);
  _exit(0);
}

static int pass_one(int socket) {
  int pair[2];
  uint64_t value = 1;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
  int status = send_descriptor(socket, pair[1]);
  close(pair[1]);
  if (status == 0 && send(pair[0], &value, sizeof(value), MSG_NOSIGNAL) != (ssize_t)sizeof(value)) status = -EIO;
  close(pair[0]);
  return status;
}

int floor_pass(uint32_t count, uint64_t *nanoseconds) {
  int ends[2];
  char byte;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) take_all(ends[1], count);
  close(ends[1]);
  int status = 0;
  uint64_t begin = floor_now();
  for (uint32_t i = 0; i < count && status == 0; i++) status = pass_one(ends[0]);
  if (status == 0 && recv(ends[0], &byte, 1, 0) != 1) status = -EIO;
  *nanoseconds = floor_now() - begin;
  close(ends[0]);
  waitpid(child, NULL, 0);
  return status;
}
