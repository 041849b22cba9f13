// Asks a shell.
// run: => forbidden-call clone
#define _GNU_SOURCE
#include <stdlib.h>

int main(void) {
  return system("true");
}
