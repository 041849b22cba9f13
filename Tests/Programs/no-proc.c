// Looks for /proc and finds none.
// run: => finished 0
#define _GNU_SOURCE
#include <unistd.h>

int main(void) {
  return access("/proc/self/exe", F_OK) == -1 && access("/sys/kernel", F_OK) == -1 ? 0 : 1;
}
