// Makes namespaces of its own.
// run: => forbidden-call unshare
// run: --policy minimal => forbidden-call unshare
#define _GNU_SOURCE
#include <sched.h>

int main(void) {
  return (int)unshare(CLONE_NEWUSER | CLONE_NEWNS);
}
