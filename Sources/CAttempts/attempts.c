#define _GNU_SOURCE
#include "CAttempts.h"

#include <CRawCalls.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { words_per_call = 7, most_bytes = 1 << 16 };

static int status_of(int64_t result) {
  if (result >= 0) return ATTEMPT_ACHIEVED;
  return -result < ATTEMPT_ACHIEVED ? (int)-result : EINVAL;
}

static uint64_t hexadecimal(const char *text) {
  size_t count = strlen(text) / 2;
  uint8_t *bytes = calloc(1, count + 1);
  for (size_t index = 0; bytes && index < count; index++) {
    char pair[3] = {text[2 * index], text[2 * index + 1], 0};
    bytes[index] = (uint8_t)strtoul(pair, NULL, 16);
  }
  return (uint64_t)(uintptr_t)bytes;
}

static uint64_t argument(const char *word, int64_t last) {
  if (strcmp(word, "own") == 0) return (uint64_t)getpid();
  switch (word[0]) {
    case 's': return (uint64_t)(uintptr_t)(word + 1);
    case 'z': return (uint64_t)(uintptr_t)calloc(1, strtoul(word + 1, NULL, 0) % most_bytes + 1);
    case 'x': return hexadecimal(word + 1);
    case 'r': return (uint64_t)last;
    default: return strtoull(word, NULL, 0);
  }
}

static int make_calls(int count, char *const words[]) {
  if (count == 0 || count % words_per_call != 0) return ATTEMPT_UNKNOWN;
  int64_t last = 0;
  for (int start = 0; start < count; start += words_per_call) {
    char *const *call = words + start;
    int does_not_matter = call[0][0] == '-' && call[0][1] != 0;
    uint64_t values[6];
    for (int index = 0; index < 6; index++) values[index] = argument(call[1 + index], last);
    long number = (long)strtoul(call[0] + does_not_matter, NULL, 0);
    int64_t result = raw_call(number, values[0], values[1], values[2], values[3], values[4], values[5]);
    if (result < 0 && !does_not_matter) return status_of(result);
    last = result;
  }
  return status_of(last);
}

/// Whether a descriptor beyond those that are declared leads into the file system.
static int find_directory(void) {
  int64_t last = -EBADF;
  for (int descriptor = 0; descriptor < 1024; descriptor++) {
    const char *names[] = {"passwd", "etc/passwd", "..", "."};
    for (size_t index = 0; index < sizeof(names) / sizeof(*names); index++) {
      last = raw_call(SYS_openat, (uint64_t)descriptor, (uint64_t)(uintptr_t)names[index], O_RDONLY, 0, 0, 0);
      if (last >= 0) return ATTEMPT_ACHIEVED;
    }
  }
  return status_of(last);
}

struct words {
  int count;
  char *const *list;
  int status;
};

static void *in_thread(void *context) {
  struct words *words = context;
  words->status = attempt_run(words->count, words->list);
  return NULL;
}

static int with_thread(int count, char *const words[]) {
  struct words context = {.count = count, .list = words, .status = ATTEMPT_UNKNOWN};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, in_thread, &context);
  if (error) return error;
  pthread_join(thread, NULL);
  return context.status;
}

static sigjmp_buf way_out;

static void leave(int signal) {
  (void)signal;
  siglongjmp(way_out, 1);
}

/// A process that survives its forbidden call has achieved what the attempt is for.
static int with_handler(int count, char *const words[]) {
  struct sigaction action = {.sa_handler = leave};
  sigaction(SIGSYS, &action, NULL);
  return sigsetjmp(way_out, 1) ? ATTEMPT_ACHIEVED : attempt_run(count, words);
}

int attempt_run(int count, char *const words[]) {
  if (count == 0) return ATTEMPT_UNKNOWN;
  const char *first = words[0];
  if (strcmp(first, "directory") == 0) return find_directory();
  if (strcmp(first, "thread") == 0) return with_thread(count - 1, words + 1);
  if (strcmp(first, "handler") == 0) return with_handler(count - 1, words + 1);
  if (strcmp(first, "i386") == 0 && count == 2) return status_of(raw_call_32bit(strtol(words[1], NULL, 0)));
  if (strcmp(first, "environment") == 0 && count == 2) return getenv(words[1]) ? ATTEMPT_ACHIEVED : ENOENT;
  return make_calls(count, words);
}
