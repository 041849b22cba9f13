// Mounts.
// run: => forbidden-call mount
// run: --policy minimal => forbidden-call mount
#define _GNU_SOURCE
#include <sys/mount.h>

int main(void) {
  return (int)mount("x", "/tmp", "tmpfs", 0, 0);
}
