// Works for a while and ends in time.
// run: --cpu 5s --wall 20s => finished 0

int main(void) {
  for (volatile long n = 0; n < 50000000; n++) continue;
  return 0;
}
