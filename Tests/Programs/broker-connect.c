// Connects to the port of 127.0.0.1 that its argument names and copies what it reads. Ends with the errno.
// flags: -static
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char text[64];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[argc - 1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof(address)) < 0) return errno;
  ssize_t count = read(connection, text, sizeof(text));
  return count > 0 && write(1, text, (size_t)count) == count ? 0 : 99;
}
