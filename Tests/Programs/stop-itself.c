// Stops itself; nobody will continue it.
// run: --wall 500ms => limit wall
#define _GNU_SOURCE
#include <signal.h>

int main(void) {
  raise(SIGSTOP);
  return 0;
}
