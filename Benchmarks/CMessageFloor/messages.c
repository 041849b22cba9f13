#include "CMessageFloor.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 24, STRUCT = 40, LONGEST = 64 };

static uint32_t get32(const unsigned char *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return value;
}

static uint64_t get64(const unsigned char *at) {
  uint64_t value;
  memcpy(&value, at, 8);
  return value;
}

static void put32(unsigned char *at, uint32_t value) { memcpy(at, &value, 4); }
static void put64(unsigned char *at, uint64_t value) { memcpy(at, &value, 8); }

// RFC 3629, with a word of ASCII at a time.
static int is_utf8(const unsigned char *text, size_t size) {
  size_t i = 0;
  while (i < size) {
    if (size - i >= 8 && (get64(text + i) & 0x8080808080808080ULL) == 0) {
      i += 8;
      continue;
    }
    unsigned char first = text[i];
    if (first < 0x80) {
      i++;
      continue;
    }
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || size - i <= more) return 0;
    unsigned char second = text[i + 1];
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    for (size_t k = 1; k <= more; k++)
      if ((text[i + k] & 0xC0) != 0x80) return 0;
    i += more + 1;
  }
  return 1;
}

// Zeros up to the next multiple of 8.
static int is_padded(const unsigned char *bytes, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    if (bytes[i]) return 0;
  return 1;
}

// An array that a pointer leads to: where it must be, as long as it says, no longer than it may be.
static int array(const unsigned char *bytes, size_t size, size_t pointer, size_t element, size_t *next,
                 size_t *body, uint32_t *count) {
  uint64_t distance = get64(bytes + pointer);
  if (distance == 0 || distance > 0xFFFFFFFFULL) return -1;
  size_t target = pointer + distance;
  if (target % 8 != 0 || target < *next || target > size || size - target < 8) return -1;
  if (target - *next >= 8 || !is_padded(bytes, *next, target)) return -1;
  uint32_t bytes_here = get32(bytes + target);
  *count = get32(bytes + target + 4);
  if (bytes_here != 8 + (uint64_t)*count * element || bytes_here > size - target) return -1;
  if (*count > LONGEST) return -1;
  *body = target + 8;
  *next = target + bytes_here;
  return 0;
}

__attribute__((noinline)) int floor_read_in_place(const unsigned char *bytes, size_t size,
                                                  struct floor_sample *sample) {
  if (size < HEADER + STRUCT || size % 8 != 0) return -1;
  // Size, version, interface, method, flags, nonce.
  if (get32(bytes) != HEADER || get32(bytes + 4) != 0 || get32(bytes + 8) != 0) return -1;
  if (get32(bytes + 12) != 0 || get32(bytes + 16) != 0 || get32(bytes + 20) != 0) return -1;
  const unsigned char *fields = bytes + HEADER;
  if (get32(fields) != STRUCT || get32(fields + 4) != 0 || get32(fields + 20) != 0) return -1;
  size_t next = HEADER + STRUCT, text, numbers;
  sample->id = get64(fields + 8);
  sample->count = get32(fields + 16);
  if (array(bytes, size, HEADER + 24, 1, &next, &text, &sample->text_size)) return -1;
  if (!is_utf8(bytes + text, sample->text_size)) return -1;
  if (array(bytes, size, HEADER + 32, 4, &next, &numbers, &sample->numbers_count)) return -1;
  if (size - next >= 8 || !is_padded(bytes, next, size)) return -1;
  sample->text = bytes + text;
  sample->numbers = (const uint32_t *)(const void *)(bytes + numbers);
  return 0;
}

static uint64_t read(const struct floor_sample *sample) {
  uint64_t sum = sample->id + sample->count + sample->text_size;
  if (sample->text_size) sum += sample->text[sample->text_size - 1];
  for (uint32_t i = 0; i < sample->numbers_count; i++) sum += sample->numbers[i];
  return sum;
}

// Nothing is known of the bytes from one round to the next.
#define FORGET(pointer) __asm__ volatile("" : "+r"(pointer) : : "memory")

uint64_t floor_read_many(const unsigned char *bytes, size_t size, uint32_t rounds) {
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    struct floor_sample sample;
    FORGET(bytes);
    if (floor_read_in_place(bytes, size, &sample)) return 0;
    sum += read(&sample);
  }
  return sum;
}

uint64_t floor_copy_many(const unsigned char *bytes, size_t size, uint32_t rounds) {
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    struct floor_sample sample;
    FORGET(bytes);
    if (floor_read_in_place(bytes, size, &sample)) return 0;
    unsigned char *text = malloc(sample.text_size + 1);
    uint32_t *numbers = malloc(sample.numbers_count * sizeof(uint32_t) + 1);
    if (!text || !numbers) abort();
    memcpy(text, sample.text, sample.text_size);
    text[sample.text_size] = 0;
    memcpy(numbers, sample.numbers, sample.numbers_count * sizeof(uint32_t));
    sample.text = text;
    sample.numbers = numbers;
    FORGET(text);
    FORGET(numbers);
    sum += read(&sample);
    free(text);
    free(numbers);
  }
  return sum;
}

static size_t padded(size_t size) { return (size + 7) / 8 * 8; }

static size_t size_of(const struct floor_sample *sample) {
  return HEADER + STRUCT + padded(8 + sample->text_size) +
         padded(8 + (size_t)sample->numbers_count * 4);
}

static void put_array(unsigned char *bytes, size_t *next, size_t pointer, uint32_t count,
                      const void *body, size_t size) {
  put64(bytes + pointer, *next - pointer);
  put32(bytes + *next, (uint32_t)(8 + size));
  put32(bytes + *next + 4, count);
  memcpy(bytes + *next + 8, body, size);
  memset(bytes + *next + 8 + size, 0, padded(8 + size) - 8 - size);
  *next += padded(8 + size);
}

__attribute__((noinline)) size_t floor_write(const struct floor_sample *sample, unsigned char *bytes,
                                             size_t room) {
  size_t size = size_of(sample);
  if (size > room) return 0;
  memset(bytes, 0, HEADER + STRUCT);
  put32(bytes, HEADER);
  unsigned char *fields = bytes + HEADER;
  put32(fields, STRUCT);
  put64(fields + 8, sample->id);
  put32(fields + 16, sample->count);
  size_t next = HEADER + STRUCT;
  put_array(bytes, &next, HEADER + 24, sample->text_size, sample->text, sample->text_size);
  put_array(bytes, &next, HEADER + 32, sample->numbers_count, sample->numbers,
            (size_t)sample->numbers_count * 4);
  return size;
}

uint64_t floor_write_many(const struct floor_sample *sample, uint32_t rounds) {
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    FORGET(sample);
    size_t size = size_of(sample);
    unsigned char *bytes = malloc(size);
    if (!bytes) abort();
    sum += floor_write(sample, bytes, size);
    FORGET(bytes);
    free(bytes);
  }
  return sum;
}
