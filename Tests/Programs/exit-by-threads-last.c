// The main thread ends first; the last thread ends the process.
// flags: -pthread
// run: => finished 0
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

static void *work(void *unused) {
  usleep(20000);
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, work, 0)) return 1;
  pthread_exit(0);
}
