// Opens its first argument again and again while a thread writes the second over it. Ends with 1 when it got to read a file that
// starts with 's', with 2 when it never got to read the other.
// flags: -static -pthread
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static char path[256];
static char **names;
static atomic_int ended;

static void *rewrite(void *unused) {
  for (unsigned turn = 0; !ended; turn++) memcpy(path, names[1 + turn % 2], strlen(names[1 + turn % 2]) + 1);
  return unused;
}

int main(int argc, char **argv) {
  pthread_t thread;
  int granted = 0, secrets = 0;
  names = argv;
  strcpy(path, argv[argc - 2]);
  if (pthread_create(&thread, 0, rewrite, 0)) return 3;
  for (int turn = 0; turn < 5000; turn++) {
    char first = 0;
    int file = open(path, O_RDONLY);
    if (file < 0 || read(file, &first, 1) != 1) continue;
    close(file);
    granted += first == 'g';
    secrets += first == 's';
  }
  ended = 1;
  pthread_join(thread, 0);
  return secrets ? 1 : granted ? 0 : 2;
}
