// What `mage attack` runs under policies for programs: any program, taken over from its first instruction on.
#include <CAttempts.h>

int main(int count, char *words[]) { return attempt_run(count - 1, words + 1); }
