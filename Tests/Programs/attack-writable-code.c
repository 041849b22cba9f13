// Maps memory that is writable and executable.
// run: => forbidden-call mmap
// run: --policy minimal => forbidden-call mmap
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
  return (int)(long)mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
