// A walk over the chunks of a PNG that trusts nothing; used before libpng sees the bytes.
#ifndef CODEC_PNG_CHUNKS_H
#define CODEC_PNG_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct png_walk {
  const uint8_t *bytes;
  size_t count;
  size_t position;  // always <= count
};

struct png_chunk {
  const uint8_t *type;  // 4 bytes
  const uint8_t *data;  // `length` bytes
  uint32_t length;
};

/// Starts behind the signature. Returns false when it is not a PNG's.
bool png_walk_start(struct png_walk *walk, const uint8_t *bytes, size_t count);

/// Takes the next chunk that is there whole, checksum included. Returns false at the end or at a chunk that is not.
bool png_walk_next(struct png_walk *walk, struct png_chunk *chunk);

bool png_chunk_is(const struct png_chunk *chunk, const char *type);

uint32_t png_big_endian(const uint8_t *bytes);

#endif
