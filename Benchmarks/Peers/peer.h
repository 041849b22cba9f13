// What every peer's program does: `PROGRAM (roundtrip|oneway) COUNT` prints one number, nanoseconds. `roundtrip`: the median of COUNT requests
// and replies of 64 bytes of text, after a tenth as many to warm up. `oneway`: COUNT messages of 64 bytes until the server has counted the last
// one, after a warm-up likewise. Client and server are two processes, connected by Unix sockets, on whatever cores the caller was given.
#ifndef PEER_H
#define PEER_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define PEER_TEXT "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static inline uint64_t peer_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
}

static inline void peer_require(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static int peer_compare(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

// One call, and one stream of `count` messages that returns when the server says that it has them.
struct peer {
  void (*call)(void *context);
  void (*stream)(void *context, uint64_t count);
  void *context;
};

static inline int peer_measure(const struct peer *peer, const char *mode, uint64_t count) {
  if (strcmp(mode, "oneway") == 0) {
    peer->stream(peer->context, count / 10 + 1);
    uint64_t start = peer_now();
    peer->stream(peer->context, count);
    printf("%" PRIu64 "\n", peer_now() - start);
    return 0;
  }
  uint64_t *values = (uint64_t *)calloc(count + 1, sizeof(*values));
  peer_require(values != NULL, "calloc");
  for (uint64_t i = 0; i < count / 10; i++) peer->call(peer->context);
  for (uint64_t i = 0; i < count; i++) {
    uint64_t start = peer_now();
    peer->call(peer->context);
    values[i] = peer_now() - start;
  }
  qsort(values, count, sizeof(*values), peer_compare);
  printf("%" PRIu64 "\n", values[count / 2]);
  free(values);
  return 0;
}

// The mode, or the end: what is no number, or none, is a wrong use.
static inline const char *peer_arguments(int argc, char **argv, uint64_t *count) {
  *count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
  if (argc == 3 && *count > 0 && (!strcmp(argv[1], "roundtrip") || !strcmp(argv[1], "oneway"))) return argv[1];
  fprintf(stderr, "usage: %s (roundtrip|oneway) COUNT\n", argv[0]);
  exit(64);
}

// Forks the server, which dies with this process. Before the library starts threads.
static inline pid_t peer_fork(void) {
  pid_t parent = getpid();
  pid_t child = fork();
  peer_require(child >= 0, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
  }
  return child;
}

#endif
