#define _GNU_SOURCE

#include <sys/prctl.h>

// A launcher with a fault: it does not empty the bounding set. Everything else is the real one. The host must notice before it
// invites a worker.
#undef PR_CAPBSET_DROP
#define PR_CAPBSET_DROP PR_GET_TIMING  // does nothing and says 0

// Under names of their own, beside the real ones.
#define mage_landlock_version weak_landlock_version
#define mage_run_launch_steps weak_run_launch_steps
#define mage_launcher_serve weak_launcher_serve
#define mage_spawn_launcher weak_spawn_launcher
#define mage_spawn_guardian weak_spawn_guardian
#include "../../Sources/CMageSystem/launcher.c"
#include "../../Sources/CMageSystem/steps.c"

int main(void) { return weak_launcher_serve(3, true); }
