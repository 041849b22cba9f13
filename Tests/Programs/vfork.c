// Forks and shares its memory.
// run: => forbidden-call vfork
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  if (vfork() == 0) _exit(0);
  return 0;
}
