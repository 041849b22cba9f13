// Opens a socket.
// run: => forbidden-call socket
// run: --policy minimal => forbidden-call socket
#define _GNU_SOURCE
#include <sys/socket.h>

int main(void) {
  return (int)socket(AF_UNIX, SOCK_STREAM, 0);
}
