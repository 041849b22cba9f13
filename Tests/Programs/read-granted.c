// Reads a file that it was given.
// run: --bind-ro /etc/passwd:/data/users => finished 0
// run: => finished 1
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void) {
  char byte;
  int file = open("/data/users", O_RDONLY);
  return file >= 0 && read(file, &byte, 1) == 1 ? 0 : 1;
}
