// Ignores and blocks every signal that it can.
// run: --cpu 500ms => limit cpu
#define _GNU_SOURCE
#include <signal.h>

int main(void) {
  for (int number = 1; number < 64; number++) signal(number, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, 0);
  for (volatile long n = 0;; n++) continue;
}
