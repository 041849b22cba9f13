// The same, statically linked.
// flags: -static
// run: --cpu 500ms => limit cpu

int main(void) {
  for (volatile long n = 0;; n++) continue;
}
