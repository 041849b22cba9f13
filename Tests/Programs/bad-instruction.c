// Executes what is no instruction.
// run: => crashed 4

int main(void) {
  __builtin_trap();
}
