// What C needs to read and write one message of the wire format, with all the checks of this project's strict decoder.
#ifndef CMESSAGEFLOOR_H
#define CMESSAGEFLOOR_H

#include <stddef.h>
#include <stdint.h>

/// {uint64 id; uint32 count; string text; array<uint32> numbers} as a program holds it.
struct floor_sample {
  uint64_t id;
  uint32_t count;
  uint32_t text_size;
  uint32_t numbers_count;
  const unsigned char *text;
  const uint32_t *numbers;
};

/// Checks a message of method 0 and says where its values lie in it. Returns 0, or -1 when a check fails.
int floor_read_in_place(const unsigned char *bytes, size_t size, struct floor_sample *sample);

/// Does so `rounds` times, and adds up what it read. Returns the sum.
uint64_t floor_read_many(const unsigned char *bytes, size_t size, uint32_t rounds);

/// The same with text and numbers copied to memory of their own, and that given back.
uint64_t floor_copy_many(const unsigned char *bytes, size_t size, uint32_t rounds);

/// Writes the message `rounds` times to new memory, and gives that back. Returns the sum of the sizes.
uint64_t floor_write_many(const struct floor_sample *sample, uint32_t rounds);

/// Writes the message to `bytes`. Returns its size, or 0 when there is not room enough.
size_t floor_write(const struct floor_sample *sample, unsigned char *bytes, size_t room);

#endif
