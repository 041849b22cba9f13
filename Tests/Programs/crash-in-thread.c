// A second thread crashes.
// flags: -pthread
// run: => crashed 11
#define _GNU_SOURCE
#include <pthread.h>

static void *crash(void *unused) {
  *(volatile int *)8 = 1;
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, crash, 0)) return 1;
  pthread_join(thread, 0);
  return 0;
}
