// Maps and fills memory.
// run: --memory 64MiB => limit memory
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

int main(void) {
  for (;;) {
    void *data = mmap(0, 1 << 22, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return 1;
    memset(data, 1, 1 << 22);
  }
}
