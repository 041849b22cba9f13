// Kills every process that it may.
// run: => forbidden-call kill
#define _GNU_SOURCE
#include <signal.h>

int main(void) {
  return kill(-1, SIGKILL);
}
