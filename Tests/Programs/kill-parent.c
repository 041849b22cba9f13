// Kills its parent.
// run: => forbidden-call kill
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

int main(void) {
  return kill(getppid(), SIGKILL);
}
