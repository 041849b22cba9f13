// Makes a call that does not exist.
// run: => forbidden-call call -1
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  return (int)syscall(-1);
}
