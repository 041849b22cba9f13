// Writes and reads a file in its own directory.
// run: => finished 0
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char text[6] = "";
  int file = open("/tmp/file", O_RDWR | O_CREAT, 0600);
  if (write(file, "hello", 5) != 5 || lseek(file, 0, SEEK_SET) != 0) return 1;
  return read(file, text, 5) == 5 && !strcmp(text, "hello") && !unlink("/tmp/file") ? 0 : 2;
}
