// Connects to the port of 127.0.0.1 that its argument names, while signals come. Ends with 1 when it holds a descriptor that no call has returned, with 2 when it could
// never connect. With a second argument nobody answers there: the signal ends the call, with EINTR.
// flags: -static
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void nothing(int number) { (void)number; }

static int attempt(int port, int microseconds) {
  struct itimerval soon = {.it_value = {.tv_usec = microseconds}}, never = {.it_value = {.tv_usec = 0}};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  setitimer(ITIMER_REAL, &soon, 0);
  int error = connect(connection, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0;
  setitimer(ITIMER_REAL, &never, 0);
  close(connection);
  return error;
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = nothing};
  int port = argc > 1 ? atoi(argv[1]) : 0, connected = 0;
  if (sigaction(SIGALRM, &action, 0)) return 3;
  if (argc > 2) return attempt(port, 100000) == EINTR ? 0 : 4;
  for (int turn = 0; turn < 300; turn++) {
    int error = attempt(port, 5 + turn % 100 * 10);
    if (error && error != EINTR) return 5;
    connected += !error;
  }
  for (int number = 3; number < 16; number++) {
    if (fcntl(number, F_GETFD) >= 0) return 1;
  }
  return connected > 0 ? 0 : 2;
}
