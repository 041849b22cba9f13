// Makes written memory executable.
// run: => forbidden-call mprotect
// run: --policy minimal => forbidden-call mprotect
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
  return (int)mprotect(0, 4096, PROT_READ | PROT_EXEC);
}
