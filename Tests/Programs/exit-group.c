// Ends by the call itself.
// run: => finished 7
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  syscall(SYS_exit_group, 7);
  return 0;
}
