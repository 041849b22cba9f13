// Waits for a lock that it holds itself.
// flags: -pthread
// run: --wall 500ms => limit wall
#define _GNU_SOURCE
#include <pthread.h>

int main(void) {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  pthread_mutex_lock(&lock);
  return 0;
}
