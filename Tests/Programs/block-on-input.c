// Waits for input that does not come.
// run: --stdin=open --wall 500ms => limit wall
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  char byte;
  return (int)read(0, &byte, 1);
}
