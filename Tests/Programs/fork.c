// Forks.
// run: => forbidden-call clone
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  return fork() < 0 ? 1 : 0;
}
