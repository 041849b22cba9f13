// The sum does not fit.
#include <stdio.h>

int main(void) {
  int n;
  unsigned sum = 0, value;
  if (scanf("%d", &n) != 1) return 1;
  while (n-- > 0 && scanf("%u", &value) == 1) sum = (sum + value) & 0x7fffffff;
  printf("%u\n", sum);
}
