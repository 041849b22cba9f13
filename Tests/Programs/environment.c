// Has an environment that nobody put a secret in.
// run: => finished 0
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

int main(void) {
  for (char **entry = environ; *entry; entry++) {
    if (strncmp(*entry, "PATH=", 5) && strncmp(*entry, "LD_LIBRARY_PATH=", 16)) return 1;
  }
  return 0;
}
