// Loads a program into the kernel.
// run: => forbidden-call bpf
// run: --policy minimal => forbidden-call bpf
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  return (int)syscall(SYS_bpf, 0, 0, 0);
}
