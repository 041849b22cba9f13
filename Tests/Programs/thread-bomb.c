// Makes threads for ever.
// flags: -pthread
// run: --threads 8 => limit threads
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *wait_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

int main(void) {
  pthread_t thread;
  for (;;) if (pthread_create(&thread, 0, wait_for_ever, 0)) return 1;
}
