// Asks for clocks: with an argument for one that the kernel must be asked for, else for one that it has put into every process.
// flags: -static
#define _GNU_SOURCE
#include <time.h>

int main(int argc, char **argv) {
  (void)argv;
  struct timespec time;
  return clock_gettime(argc > 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time) == 0 ? 0 : 1;
}
