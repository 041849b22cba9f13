// What a program can do that has no namespaces: each word is tried, and the exit status is its errno, or 0 where it worked.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t was_signalled;
static void note(int signal) { was_signalled = signal; }

static int read_file(const char *path) {
  char byte;
  int file = open(path, O_RDONLY);
  return file < 0 || read(file, &byte, 1) < 0 ? errno : 0;
}

static int signal_self(void) {
  signal(SIGUSR1, note);
  return raise(SIGUSR1) || was_signalled != SIGUSR1 ? 1 : 0;
}

int main(int count, char **words) {
  if (count < 3) return 99;
  const char *what = words[1], *path = words[2];
  if (!strcmp(what, "read")) return read_file(path);
  if (!strcmp(what, "write")) return open(path, O_WRONLY) < 0 ? errno : 0;
  if (!strcmp(what, "create")) return open(path, O_WRONLY | O_CREAT | O_EXCL, 0600) < 0 ? errno : 0;
  if (!strcmp(what, "truncate")) return truncate(path, 0) < 0 ? errno : 0;
  if (!strcmp(what, "open-truncate")) return open(path, O_RDONLY | O_TRUNC) < 0 ? errno : 0;
  if (!strcmp(what, "unlink")) return unlink(path) < 0 ? errno : 0;
  if (!strcmp(what, "list")) return open(path, O_RDONLY | O_DIRECTORY) < 0 ? errno : 0;
  if (!strcmp(what, "raise")) return signal_self();
  if (!strcmp(what, "kill")) return kill((pid_t)atoi(path), 0) < 0 ? errno : 0;
  if (!strcmp(what, "kill-parent")) return kill(getppid(), SIGKILL) < 0 ? errno : 0;
  if (!strcmp(what, "kill-group")) return kill(0, SIGKILL) < 0 ? errno : 0;
  if (!strcmp(what, "abort")) abort();
  return 99;
}
