// Returns from a signal by a frame of its own making, into the middle of what no handler would call.
// run: => forbidden-call chroot
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

static void elsewhere(void) { _exit(chroot("/") == 0 ? 1 : 2); }

static void handler(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  ucontext_t *frame = context;
  frame->uc_mcontext.gregs[REG_RIP] = (greg_t)elsewhere;
  frame->uc_mcontext.gregs[REG_RSP] &= ~15LL;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  if (sigaction(SIGUSR1, &action, 0)) return 3;
  raise(SIGUSR1);
  return 4;
}
