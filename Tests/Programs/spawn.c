// Starts another program.
// run: => forbidden-call clone
#define _GNU_SOURCE
#include <spawn.h>
#include <unistd.h>

int main(void) {
  pid_t pid;
  char *const arguments[] = {"/bin/true", 0};
  return posix_spawn(&pid, arguments[0], 0, 0, arguments, environ);
}
