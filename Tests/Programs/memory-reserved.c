// Reserves much and touches little, as many runtimes do.
// run: --memory 64MiB => finished 0
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
  char *data = mmap(0, (size_t)4 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) return 1;
  data[4096] = 1;
  return 0;
}
