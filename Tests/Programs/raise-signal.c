// Sends itself the signal that its argument names.
// run: -- 1 => crashed 1
// run: -- 2 => crashed 2
// run: -- 3 => crashed 3
// run: -- 4 => crashed 4
// run: -- 5 => crashed 5
// run: -- 6 => crashed 6
// run: -- 7 => crashed 7
// run: -- 8 => crashed 8
// run: -- 9 => crashed 9
// run: -- 10 => crashed 10
// run: -- 11 => crashed 11
// run: -- 12 => crashed 12
// run: -- 13 => crashed 13
// run: -- 14 => crashed 14
// run: -- 15 => crashed 15
// run: -- 16 => crashed 16
// run: -- 24 => crashed 24
// run: -- 25 => crashed 25
// run: -- 26 => crashed 26
// run: -- 27 => crashed 27
// run: -- 29 => crashed 29
// run: -- 30 => crashed 30
// run: -- 31 => crashed 31
// run: -- 34 => crashed 34
// run: -- 64 => crashed 64
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  raise(atoi(argv[1]));
  return 99;
}
