// Makes shared memory.
// run: => forbidden-call shmget
// run: --policy minimal => forbidden-call shmget
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
  return (int)shmget(IPC_PRIVATE, 4096, 0600);
}
