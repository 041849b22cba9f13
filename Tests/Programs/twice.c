// Asks for its directory twice.
// run: => finished 0
#include <unistd.h>

int main(void) {
  char name[64];
  return getcwd(name, sizeof name) && getcwd(name, sizeof name) ? 0 : 1;
}
