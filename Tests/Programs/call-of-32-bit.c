// Calls the kernel as 32-bit programs do.
// run: => forbidden-call call of another ABI

int main(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
  return (int)result;
}
