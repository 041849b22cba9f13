// Makes a file in memory.
// run: => forbidden-call memfd_create
// run: --policy minimal => forbidden-call memfd_create
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
  return (int)memfd_create("x", 0);
}
