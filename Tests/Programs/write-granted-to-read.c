// Writes a file that it was given to read.
// run: --bind-ro /etc/passwd:/data/users => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

int main(void) {
  int file = open("/data/users", O_WRONLY);
  return file == -1 && (errno == EROFS || errno == EACCES) ? 0 : 1;
}
