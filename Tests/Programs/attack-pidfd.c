// Takes descriptors from other processes.
// run: => forbidden-call pidfd_open
// run: --policy minimal => forbidden-call pidfd_open
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_pidfd_open, 1, 0);
}
