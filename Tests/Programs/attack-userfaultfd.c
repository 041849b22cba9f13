// Answers its own page faults.
// run: => forbidden-call userfaultfd
// run: --policy minimal => forbidden-call userfaultfd
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_userfaultfd, 0);
}
