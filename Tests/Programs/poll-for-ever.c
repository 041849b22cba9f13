// Waits in poll.
// run: --wall 500ms => limit wall
#define _GNU_SOURCE
#include <poll.h>

int main(void) {
  return poll(0, 0, -1);
}
