// Writes to a file, to its output and to nobody: `writtenBytes` counts all three.
// run: => finished 0
#include <fcntl.h>
#include <unistd.h>

static char block[4096];

int main(void) {
  int file = open("/tmp/file", O_WRONLY | O_CREAT, 0600);
  int null = open("/dev/null", O_WRONLY);
  for (int count = 0; count < 100; count++) if (write(file, block, sizeof(block)) != sizeof(block)) return 1;
  if (write(null, block, sizeof(block)) != sizeof(block)) return 2;
  return write(1, block, sizeof(block)) == sizeof(block) ? 0 : 3;
}
