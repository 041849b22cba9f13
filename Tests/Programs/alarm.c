// Is woken by its own clock, and did not expect it.
// run: => crashed 14
#define _GNU_SOURCE
#include <sys/time.h>
#include <unistd.h>

int main(void) {
  struct itimerval soon = {.it_value = {.tv_usec = 10000}};
  setitimer(ITIMER_REAL, &soon, 0);
  pause();
  return 0;
}
