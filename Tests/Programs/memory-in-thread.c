// A second thread fills the memory.
// flags: -pthread
// run: --memory 64MiB => limit memory
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void *fill(void *unused) {
  for (;;) {
    char *data = malloc(1 << 20);
    if (!data) return unused;
    memset(data, 1, 1 << 20);
  }
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, fill, 0)) return 1;
  pthread_join(thread, 0);
  return 0;
}
