// Executes another program.
// run: => forbidden-call execve
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  char *const arguments[] = {"/bin/true", 0};
  execv(arguments[0], arguments);
  return 1;
}
