// Leaves a process behind in a session of its own, twice removed, and ends.
// flags: -static
#define _GNU_SOURCE
#include <unistd.h>

int main(int argc, char **argv) {
  (void)argc, (void)argv;
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (;;) pause();
    }
    _exit(0);
  }
  return 0;
}
