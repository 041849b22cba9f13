// Starts children that ask for what the host has to make for them, and kills each in the middle of it, sooner or later after its beginning. Then asks once itself
// and ends with the errno. The arguments are the name of a file and the flags to open it with, or a port of 127.0.0.1 to connect to; below 0, nobody
// answers there, and the last time a signal must end the call.
// flags: -static
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nothing(int number) { (void)number; }

static int ask(int argc, char **argv) {
  if (argc > 2) {
    int file = open(argv[1], atoi(argv[2]));
    return file < 0 ? errno : close(file);
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)abs(atoi(argv[1])))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof(address)) < 0) return errno;
  return close(connection);
}

int main(int argc, char **argv) {
  for (int turn = 0; turn < 200; turn++) {
    struct timespec moment = {.tv_nsec = turn % 50 * 20000};
    pid_t child = fork();
    if (child < 0) return 98;
    if (child == 0) for (;;) ask(argc, argv);
    nanosleep(&moment, 0);
    kill(child, SIGKILL);
    if (waitpid(child, 0, 0) != child) return 99;
  }
  if (argc > 2 || atoi(argv[1]) > 0) return ask(argc, argv);
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGALRM, &action, 0);
  alarm(1);
  int error = ask(argc, argv);
  return error == EINTR ? 0 : error;
}
