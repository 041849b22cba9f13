// Joins a session of keys.
// run: => forbidden-call keyctl
// run: --policy minimal => forbidden-call keyctl
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_keyctl, 1, 0);
}
