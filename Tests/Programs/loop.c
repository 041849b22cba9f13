// Loops for ever.
// run: --cpu 500ms => limit cpu
// run: --cpu 1s => limit cpu

int main(void) {
  for (volatile long n = 0;; n++) continue;
}
