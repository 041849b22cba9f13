// Stops for a debugger that is not there.
// run: => crashed 5

int main(void) {
  __asm__ volatile("int3");
  return 0;
}
