// The same, without a dynamic linker.
// flags: -static
// run: => finished 0
// run: --policy minimal => finished 0

int main(void) {
  return 0;
}
