// A second thread does what no thread may.
// flags: -pthread
// run: => forbidden-call socket
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/socket.h>

static void *open_socket(void *unused) {
  socket(AF_INET, SOCK_STREAM, 0);
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, open_socket, 0)) return 1;
  pthread_join(thread, 0);
  return 0;
}
