// Fills memory that it does not map, in the way that its argument says, and waits. Under judge it may make neither files in memory nor sockets.
// run: -- files => forbidden-call memfd_create
// run: -- sockets => forbidden-call socketpair
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char block[1 << 20];

// Files in memory, of each of which a descriptor stays open.
static void files(int count) {
  for (int file = 0; file < count; file++) {
    int number = syscall(SYS_memfd_create, "held", 0);
    if (number < 0 || write(number, block, sizeof(block)) != sizeof(block)) _exit(1);
  }
}

// The same, of which one page stays mapped.
static void mapped(int count) {
  for (int file = 0; file < count; file++) {
    int number = syscall(SYS_memfd_create, "held", 0);
    if (number < 0 || write(number, block, sizeof(block)) != sizeof(block)) _exit(1);
    if (mmap(0, 4096, PROT_READ, MAP_SHARED, number, 0) == MAP_FAILED) _exit(1);
    close(number);
  }
}

// Memory that could be shared, touched and then let go of: the kernel keeps it while it is mapped.
static void dropped(int count) {
  for (int part = 0; part < count; part++) {
    char *memory = mmap(0, sizeof(block), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) _exit(1);
    memset(memory, 1, sizeof(block));
    madvise(memory, sizeof(block), MADV_DONTNEED);
  }
}

// What is sent and never received.
static void sockets(int count) {
  for (int pair = 0; pair < count; pair++) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) _exit(1);
    for (int end = 0; end < 2; end++) {
      fcntl(ends[end], F_SETFL, O_NONBLOCK);
      while (write(ends[end], block, 1 << 15) > 0) {}
    }
  }
}

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  memset(block, 1, sizeof(block));
  if (!strcmp(what, "files")) files(48);
  if (!strcmp(what, "mapped")) mapped(200);
  if (!strcmp(what, "dropped")) dropped(200);
  if (!strcmp(what, "sockets")) sockets(120);
  if (!strcmp(what, "few")) {
    files(4);
    mapped(4);
    sockets(4);
    return 0;
  }
  for (;;) pause();
}
