// Has a handler, and goes on.
// run: => finished 42
#define _GNU_SOURCE
#include <signal.h>

static volatile sig_atomic_t taken;

static void take(int number) { taken = number == SIGUSR1 ? 42 : 1; }

int main(void) {
  signal(SIGUSR1, take);
  raise(SIGUSR1);
  return taken;
}
