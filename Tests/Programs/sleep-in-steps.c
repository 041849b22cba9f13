// Sleeps a little, again and again.
// run: --wall 500ms => limit wall
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  for (;;) usleep(1000);
}
