#include "CMageSystem.h"

#include <stdlib.h>
#include <string.h>

// The process that clones workers for a host. It is started by the host with the socket at descriptor 3, and by nobody else.
int main(int count, char **arguments) {
  if (count == 5 && strcmp(arguments[1], "guard") == 0) {
    return mage_guard_groups((int32_t)strtol(arguments[2], NULL, 10), arguments[3], arguments[4]);
  }
  return mage_launcher_serve(3, !(count == 2 && strcmp(arguments[1], "plain") == 0));
}
