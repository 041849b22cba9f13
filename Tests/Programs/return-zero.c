// Ends at once.
// run: => finished 0

int main(void) {
  return 0;
}
