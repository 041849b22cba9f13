// Maps a file that it wrote as code.
// run: => finished 0
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  int file = open("/tmp/code", O_RDWR | O_CREAT, 0700);
  if (ftruncate(file, 4096)) return 1;
  return mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED ? 0 : 2;
}
