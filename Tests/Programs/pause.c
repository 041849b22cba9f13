// Waits for a signal.
// run: --wall 500ms => limit wall
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  pause();
  return 0;
}
