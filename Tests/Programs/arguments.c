// Sees its own arguments and no other.
// run: -- a b => finished 2

int main(int argc, char **argv) {
  return argv[1][0] == 'a' ? argc - 1 : 99;
}
