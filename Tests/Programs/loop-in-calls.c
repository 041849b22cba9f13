// Spends its time inside the kernel.
// run: --cpu 500ms => limit cpu
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  for (;;) syscall(SYS_getppid);
}
