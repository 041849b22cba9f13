// Forks by the call itself.
// run: => forbidden-call fork
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return syscall(SYS_fork) < 0 ? 1 : 0;
}
