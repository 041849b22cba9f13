// Ends with a status of its own.
// run: => finished 3
#define _GNU_SOURCE
#include <stdlib.h>

int main(void) {
  exit(3);
}
