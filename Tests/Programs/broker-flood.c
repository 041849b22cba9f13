// Asks for what it is not granted, for ever, from four threads.
// flags: -static -pthread
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>

static void *ask(void *unused) {
  for (;;) open("/etc/shadow", O_RDONLY);
  return unused;
}

int main(void) {
  pthread_t thread;
  for (int i = 0; i < 3; i++) if (pthread_create(&thread, 0, ask, 0)) return 1;
  ask(0);
}
