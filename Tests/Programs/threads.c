// Works in four threads.
// flags: -pthread
// run: => finished 4
// run: --policy minimal => forbidden-call clone
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>

static atomic_int counter;

static void *count(void *unused) {
  counter++;
  return unused;
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) if (pthread_create(&threads[i], 0, count, 0)) return 99;
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  return counter;
}
