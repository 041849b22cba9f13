// Makes a call that no kernel has yet.
// run: => forbidden-call call 500
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  return (int)syscall(500);
}
