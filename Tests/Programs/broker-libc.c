// Reads the file that its argument names with fopen(3) and looks localhost up with getaddrinfo(3), as a program does that knows nothing of a broker.
// Prints the file's first word and the address, or "unknown". Ends with the errno when the file cannot be read.
// flags: -static
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  char text[64], address[INET_ADDRSTRLEN] = "unknown";
  FILE *file = fopen(argv[argc - 1], "r");
  if (!file || fscanf(file, "%63s", text) != 1 || fclose(file) != 0) return errno;
  struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  if (getaddrinfo("localhost", NULL, &wanted, &found) == 0) {
    const struct sockaddr_in *first = (const struct sockaddr_in *)(const void *)found->ai_addr;
    if (!inet_ntop(AF_INET, &first->sin_addr, address, sizeof(address))) return errno;
    freeaddrinfo(found);
  }
  printf("%s %s", text, address);
  return 0;
}
