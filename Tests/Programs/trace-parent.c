// Takes hold of its parent.
// run: => forbidden-call ptrace
#define _GNU_SOURCE
#include <sys/ptrace.h>
#include <unistd.h>

int main(void) {
  return (int)ptrace(PTRACE_ATTACH, getppid(), 0, 0);
}
