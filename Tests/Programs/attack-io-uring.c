// Asks for calls that no filter sees.
// run: => forbidden-call io_uring_setup
// run: --policy minimal => forbidden-call io_uring_setup
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_io_uring_setup, 1, 0);
}
