// Keeps memory from being swapped.
// run: => forbidden-call mlock
// run: --policy minimal => forbidden-call mlock
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
  return (int)mlock("", 1);
}
