#define _GNU_SOURCE
#include "CFloor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

uint64_t floor_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
}

static void echo(int socket, size_t size) {
  unsigned char buffer[65536];
  for (;;) {
    ssize_t count = recv(socket, buffer, size, MSG_WAITALL);
    if (count <= 0 || send(socket, buffer, (size_t)count, 0) != count) _exit(0);
  }
}

int floor_ping_pong(uint32_t rounds, size_t size, uint32_t pause, uint64_t *nanoseconds) {
  int ends[2];
  unsigned char buffer[65536] = {0};
  if (size > sizeof(buffer)) return -E2BIG;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) {
    close(ends[0]);
    echo(ends[1], size);
  }
  close(ends[1]);
  int result = 0;
  uint32_t warm_up = rounds / 10;
  for (uint32_t turn = 0; turn < warm_up + rounds && result == 0; turn++) {
    if (pause) usleep(pause / 1000);
    uint64_t start = floor_now();
    if (send(ends[0], buffer, size, 0) != (ssize_t)size) result = -EIO;
    if (recv(ends[0], buffer, size, MSG_WAITALL) != (ssize_t)size) result = -EIO;
    if (turn >= warm_up) nanoseconds[turn - warm_up] = floor_now() - start;
  }
  close(ends[0]);
  waitpid(child, NULL, 0);
  return result;
}

int floor_run(char *const arguments[], uint64_t *nanoseconds) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  char *const environment[] = {(char *)"PATH=/usr/bin:/bin", NULL};
  pid_t child;
  uint64_t start = floor_now();
  int error = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  if (error) return -error;
  int status = 0;
  waitpid(child, &status, 0);
  *nanoseconds = floor_now() - start;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int floor_pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < CPU_SETSIZE; i++) {
    if (processor < 0 || i == processor) CPU_SET(i, &set);
  }
  return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}

int floor_one_way(uint32_t count, size_t size, uint64_t *nanoseconds) {
  int ends[2];
  unsigned char buffer[65536] = {0};
  if (size > sizeof(buffer)) return -E2BIG;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) {
    for (uint32_t i = 0; i < count; i++) {
      if (recv(ends[1], buffer, size, 0) != (ssize_t)size) _exit(1);
    }
    send(ends[1], buffer, 1, 0);
    _exit(0);
  }
  close(ends[1]);
  int result = 0;
  uint64_t start = floor_now();
  for (uint32_t i = 0; i < count && result == 0; i++) {
    if (send(ends[0], buffer, size, MSG_NOSIGNAL) != (ssize_t)size) result = -EIO;
  }
  if (recv(ends[0], buffer, 1, 0) != 1) result = -EIO;
  *nanoseconds = floor_now() - start;
  close(ends[0]);
  waitpid(child, NULL, 0);
  return result;
}

uint64_t floor_processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
}

static pid_t busy[CPU_SETSIZE];
static int busy_count;

int floor_busy_begin(void) {
  int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
  pid_t parent = getpid();
  for (busy_count = 0; busy_count < processors && busy_count < CPU_SETSIZE; busy_count++) {
    pid_t child = fork();
    if (child < 0) return -errno;
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      floor_pin(busy_count);
      for (volatile uint64_t turns = 0;; turns++) {
        if ((turns & 0xFFFFFF) == 0 && getppid() != parent) _exit(0);
      }
    }
    busy[busy_count] = child;
  }
  return 0;
}

void floor_busy_end(void) {
  for (; busy_count > 0; busy_count--) {
    kill(busy[busy_count - 1], SIGKILL);
    waitpid(busy[busy_count - 1], NULL, 0);
  }
}
