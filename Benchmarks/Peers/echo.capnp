@0xc1f4f3a7d2b98e65;

interface Echo {
  echo @0 (text :Text) -> (text :Text);
  note @1 (text :Text) -> stream;
  notes @2 () -> (count :UInt64);
}
