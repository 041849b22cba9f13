// Opens its argument again and again while signals come, sooner and later after each beginning. Ends with 1 when it holds a descriptor that no call has returned,
// with 2 when it could not open anything.
// flags: -static
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static void nothing(int number) { (void)number; }

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = nothing};
  struct itimerval never = {.it_value = {.tv_usec = 0}};
  int opened = 0;
  if (argc < 2 || sigaction(SIGALRM, &action, 0)) return 3;
  for (int turn = 0; turn < 2000; turn++) {
    struct itimerval soon = {.it_value = {.tv_usec = 5 + turn % 100 * 20}};
    setitimer(ITIMER_REAL, &soon, 0);
    int file = open(argv[1], O_RDONLY);
    if (file < 0) continue;
    opened++;
    close(file);
  }
  setitimer(ITIMER_REAL, &never, 0);
  for (int number = 3; number < 16; number++) {
    if (fcntl(number, F_GETFD) >= 0) return 1;
  }
  return opened > 0 ? 0 : 2;
}
