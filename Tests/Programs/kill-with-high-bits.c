// Hides whom it kills in bits that the kernel does not read.
// run: => forbidden-call kill
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_kill, ((long)1 << 32) | 1, SIGKILL);
}
