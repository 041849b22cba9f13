#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// A process of C with nothing but what a row compares with.
// `hold BYTES`: touches that much memory, says so by a byte on standard output, and waits to be killed.
// `crowd COUNT`: forks that many processes, each of which waits at one end of a socket pair, and prints their mean proportional memory in bytes.

static int hold(size_t size) {
  if (size > 0) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    memset(memory, 1, size);
  }
  if (write(STDOUT_FILENO, "", 1) != 1) return 1;
  for (;;) pause();
}

// Pss of /proc/PID/smaps_rollup, proc_pid_smaps(5).
static long proportional_bytes(pid_t pid) {
  char path[64], line[256];
  long kibibytes = -1;
  snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof(line), file)) {
    if (sscanf(line, "Pss: %ld", &kibibytes) == 1) break;
  }
  if (file) fclose(file);
  return kibibytes * 1024;
}

static pid_t fork_waiting(void) {
  int ends[2];
  char byte;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    send(ends[1], "", 1, 0);  // it runs
    for (;;) recv(ends[1], &byte, 1, 0);
  }
  if (child > 0 && recv(ends[0], &byte, 1, 0) != 1) return -1;
  close(ends[1]);
  return child;  // the other end stays open, as a host's does
}

static int crowd(size_t count) {
  pid_t *children = calloc(count, sizeof(*children));
  if (!children || count == 0) return 1;
  for (size_t i = 0; i < count; i++) {
    if ((children[i] = fork_waiting()) < 0) return 1;
  }
  long sum = 0;
  for (size_t i = 0; i < count; i++) sum += proportional_bytes(children[i]);
  for (size_t i = 0; i < count; i++) kill(children[i], SIGKILL);
  for (size_t i = 0; i < count; i++) waitpid(children[i], NULL, 0);
  printf("%ld\n", sum / (long)count);
  return 0;
}

int main(int argc, char **argv) {
  size_t number = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
  if (argc == 3 && strcmp(argv[1], "hold") == 0) return hold(number);
  if (argc == 3 && strcmp(argv[1], "crowd") == 0) return crowd(number);
  fprintf(stderr, "usage: floor-process (hold BYTES|crowd COUNT)\n");
  return 64;
}
