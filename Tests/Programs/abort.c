// Gives up.
// run: => crashed 6
// run: --policy minimal => crashed 6
#define _GNU_SOURCE
#include <stdlib.h>

int main(void) {
  abort();
}
