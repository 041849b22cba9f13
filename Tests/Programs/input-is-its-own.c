// Moves and marks its input, which somebody else reads as well.
// run: => finished 0
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
  (void)lseek(0, 3, SEEK_SET);
  (void)fcntl(0, F_SETFL, O_NONBLOCK | O_APPEND);
  return 0;
}
