#include "png_chunks.h"

#include <string.h>

#include "CImageCodecs.h"

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

bool png_walk_start(struct png_walk *walk, const uint8_t *bytes, size_t count) {
  if (count < sizeof signature || memcmp(bytes, signature, sizeof signature) != 0) return false;
  *walk = (struct png_walk){bytes, count, sizeof signature};
  return true;
}

uint32_t png_big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

bool png_walk_next(struct png_walk *walk, struct png_chunk *chunk) {
  enum { frame = 12 };  // length, type and checksum around the data
  size_t left = walk->count - walk->position;
  if (left < frame) return false;
  const uint8_t *start = walk->bytes + walk->position;
  uint32_t length = png_big_endian(start);
  if (length > left - frame) return false;
  *chunk = (struct png_chunk){start + 4, start + 8, length};
  walk->position += (size_t)length + frame;
  return true;
}

bool png_chunk_is(const struct png_chunk *chunk, const char *type) { return memcmp(chunk->type, type, 4) == 0; }

int64_t codec_png_text(const uint8_t *bytes, size_t count, const char *keyword, char *value, size_t size) {
  struct png_walk walk;
  struct png_chunk chunk;
  size_t prefix = strlen(keyword) + 1;  // the NUL separates keyword and value in the file too
  if (!png_walk_start(&walk, bytes, count)) return -1;
  while (png_walk_next(&walk, &chunk)) {
    if (png_chunk_is(&chunk, "IEND")) return -1;
    if (!png_chunk_is(&chunk, "tEXt") || chunk.length < prefix) continue;
    if (memcmp(chunk.data, keyword, prefix) != 0) continue;
    size_t length = chunk.length - prefix;
    if (length >= size) return -1;
    memcpy(value, chunk.data + prefix, length);
    value[length] = 0;
    return (int64_t)length;
  }
  return -1;
}
