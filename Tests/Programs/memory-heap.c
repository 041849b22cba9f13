// Fills eight gigabytes.
// run: --memory 64MiB => limit memory
#define _GNU_SOURCE
#include <stdlib.h>

int main(void) {
  size_t size = (size_t)8 << 30;
  char *data = malloc(size);
  if (!data) return 1;
  for (size_t at = 0; at < size; at += 4096) data[at] = 1;
  return data[1];
}
