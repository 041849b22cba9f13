// Opens the file that its first argument names, with the flags of the second, as often as the third says. Ends with the errno.
// flags: -static
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char text[64];
  int file = -1;
  for (int left = argc > 3 ? atoi(argv[3]) : 1; left > 0; left--) {
    file = open(argv[1], argc > 2 ? atoi(argv[2]) : O_RDONLY);
    if (file < 0) return errno;
  }
  ssize_t count = read(file, text, sizeof(text));
  return count >= 0 && write(1, text, (size_t)count) == count ? 0 : 99;
}
