// Executes as the launch does, which works once.
// run: => forbidden-call execveat
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  char *const arguments[] = {"true", 0};
  syscall(SYS_execveat, 0, "", arguments, environ, AT_EMPTY_PATH);
  return 1;
}
