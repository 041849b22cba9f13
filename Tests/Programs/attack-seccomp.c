// Installs a filter of its own.
// run: => forbidden-call seccomp
// run: --policy minimal => forbidden-call seccomp
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_seccomp, 1, 8, 0);
}
