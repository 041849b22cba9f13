// Burns its time in threads that each live for a millisecond.
// flags: -pthread
// run: --cpu 500ms => limit cpu
#define _GNU_SOURCE
#include <pthread.h>

static void *burn(void *unused) {
  for (volatile long n = 0; n < 300000; n++) continue;
  return unused;
}

int main(void) {
  for (;;) {
    pthread_t thread;
    if (pthread_create(&thread, 0, burn, 0)) return 1;
    pthread_join(thread, 0);
  }
}
