// Makes a process with clone3, whose flags nobody can see.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_clone3, 0, 0) == -1 && errno == ENOSYS ? 0 : 1;
}
