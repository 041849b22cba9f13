// Fills half a gigabyte of static data.
// run: --memory 64MiB => limit memory
// run: --memory 1GiB => finished 0
#define _GNU_SOURCE
#include <string.h>

static char data[512 << 20];

int main(void) {
  memset(data, 1, sizeof(data));
  return data[1] - 1;
}
