// Reads behind the end of a file.
// run: => crashed 7
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

int main(void) {
  int file = open("/tmp/empty", O_RDWR | O_CREAT, 0600);
  volatile char *data = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
  return data[0];
}
