#include "CMageSystem.h"

// The process that clones workers for a host. It is started by the host with the socket at descriptor 3, and by nobody else.
int main(void) { return mage_launcher_serve(3); }
