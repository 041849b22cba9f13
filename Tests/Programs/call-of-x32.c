// Calls the kernel as x32 programs do.
// run: => forbidden-call call of another ABI
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(0x40000000L | SYS_getpid);
}
