// Connects its input.
// run: => forbidden-call connect
// run: --policy minimal => forbidden-call connect
#define _GNU_SOURCE
#include <sys/socket.h>

int main(void) {
  return (int)connect(0, 0, 0);
}
