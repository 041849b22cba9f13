// Forks for ever.
// run: => forbidden-call clone
// run: --policy toolchain-job --processes 8 => limit processes
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  for (;;) fork();
}
