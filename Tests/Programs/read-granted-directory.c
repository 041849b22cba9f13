// Lists a directory that it was given.
// run: --bind-ro /usr/share/common-licenses:/data => finished 0
#define _GNU_SOURCE
#include <dirent.h>

int main(void) {
  DIR *directory = opendir("/data");
  return directory && readdir(directory) ? 0 : 1;
}
