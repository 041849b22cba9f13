// Reads where nothing is.
// run: => crashed 11
// run: --policy minimal => crashed 11

int main(void) {
  return *(volatile int *)8;
}
