// Encoders for the kinds of PNG and JPEG that the demo's samples show. Only the tool that makes the samples uses them; the input is
// its own, so nothing here defends itself.
#ifndef CSAMPLEENCODERS_H
#define CSAMPLEENCODERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Encoded bytes from malloc(3); release them with `sample_free`.
struct sample_bytes {
  uint8_t *bytes;
  size_t count;
};

enum sample_colour {
  SAMPLE_GREY = 0,
  SAMPLE_RGB = 2,
  SAMPLE_PALETTE = 3,
  SAMPLE_GREY_ALPHA = 4,
  SAMPLE_RGBA = 6,
};

struct sample_png {
  uint32_t width;
  uint32_t height;
  int depth;  // bits a channel: 1, 2, 4, 8 or 16, as the colour type allows
  int colour;  // enum sample_colour, PNG's own numbers
  bool interlaced;
  size_t row_bytes;
  const uint8_t *rows;  // as PNG stores them: packed, 16 bits big-endian
  const uint8_t *palette;  // RGBA entries, for SAMPLE_PALETTE
  int palette_count;
};

struct sample_jpeg {
  uint32_t width;
  uint32_t height;
  int channels;  // 1 grey, 3 RGB, 4 CMYK as Adobe writes it (255 is no ink)
  int quality;  // 1...100
  bool progressive;
  const uint8_t *samples;  // one byte a channel
};

/// Returns 0, or -1 when the library refuses or memory is short.
int sample_encode_png(const struct sample_png *picture, struct sample_bytes *out);

/// Returns 0, or -1 when the library refuses or memory is short.
int sample_encode_jpeg(const struct sample_jpeg *picture, struct sample_bytes *out);

void sample_free(struct sample_bytes *bytes);

#endif
