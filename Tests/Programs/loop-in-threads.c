// Two threads burn together what one may.
// flags: -pthread
// run: --cpu 500ms => limit cpu
#define _GNU_SOURCE
#include <pthread.h>

static void *burn(void *unused) {
  for (volatile long n = 0;; n++) continue;
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, burn, 0)) return 1;
  burn(0);
}
