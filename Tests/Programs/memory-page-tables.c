// Reads one byte in each two mebibytes of a large mapping: no page is its own, since all are the kernel's page of zeros, but each takes a page table.
// run: --memory 24MiB => limit memory
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  const unsigned long step = 2UL << 20, count = 1UL << 16;
  volatile char *memory = mmap(0, step * count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 1;
  char sum = 0;
  madvise((void *)memory, step * count, MADV_NOHUGEPAGE);
  for (unsigned long place = 0; place < count; place++) sum += memory[place * step];
  for (;;) pause();
  return sum;
}
