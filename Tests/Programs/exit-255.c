// The largest status there is.
// run: => finished 255
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  _exit(255);
}
