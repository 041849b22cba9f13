// Makes a process that is its sibling and not its child, which computes for ever, and waits. Whose child it is changes nothing.
// run: => forbidden-call clone
// run: --policy toolchain-job --cpu 500ms => limit cpu
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0) for (volatile unsigned long turns = 0;; turns++) {}
  for (;;) pause();
}
