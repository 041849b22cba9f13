// Writes beside its own directory.
// run: => finished 0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

int main(void) {
  return open("/file", O_WRONLY | O_CREAT, 0600) == -1 && errno == EROFS ? 0 : 1;
}
