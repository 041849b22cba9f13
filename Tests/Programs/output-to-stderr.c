// Complains for ever.
// run: --output 64KiB => limit output
#define _GNU_SOURCE
#include <stdio.h>

int main(void) {
  for (;;) fputs("complaint\n", stderr);
}
