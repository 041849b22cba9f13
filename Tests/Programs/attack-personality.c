// Makes readable memory executable.
// run: => forbidden-call personality
// run: --policy minimal => forbidden-call personality
#define _GNU_SOURCE
#include <sys/personality.h>

int main(void) {
  return (int)personality(READ_IMPLIES_EXEC);
}
