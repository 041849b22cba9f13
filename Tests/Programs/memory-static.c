// Has half a gigabyte of static data and never touches it.
// run: --memory 64MiB => limit memory

static volatile char data[512 << 20];

int main(int argc, char **argv) {
  return data[argc];
}
