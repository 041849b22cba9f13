// Fills its temporary directory, of which nothing is mapped.
// run: --memory 24MiB => limit memory
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static char block[1 << 20];
  for (int file = 0; file < 6; file++) {
    char path[32];
    snprintf(path, sizeof(path), "/tmp/%d", file);
    int number = open(path, O_WRONLY | O_CREAT, 0600);
    for (int count = 0; count < 10; count++) if (write(number, block, sizeof(block)) != sizeof(block)) return 1;
    close(number);
  }
  for (;;) pause();
}
