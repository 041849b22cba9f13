// Reads its parent.
// run: => forbidden-call process_vm_readv
#define _GNU_SOURCE
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
  return (int)process_vm_readv(getppid(), 0, 0, 0, 0, 0);
}
