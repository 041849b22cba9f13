// The system's image libraries behind three calls: decode a PNG, decode a JPEG, encode a PNG. The demo's worker decodes with
// them inside the sandbox; the host only encodes pixels of its own. Neither library's error handling (longjmp) leaves this
// target.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

/// The widest and the highest picture that is decoded, in pixels, whatever `max_pixels` allows.
#define CODEC_MAX_DIMENSION 16384

/// Bytes that hold any error text, with its terminating NUL.
#define CODEC_ERROR_SIZE 256

/// What a decoder says. Anything but CODEC_OK leaves the image empty and a text in `error`.
enum codec_result {
  CODEC_OK = 0,
  /// The bytes are no whole, sound image of that format.
  CODEC_MALFORMED = 1,
  /// The image is sound as far as it was read, but larger than the limits allow.
  CODEC_TOO_LARGE = 2,
  CODEC_NO_MEMORY = 3,
};

/// A decoded picture: `width * height` pixels of 4 bytes (red, green, blue, alpha; alpha is not premultiplied), rows from the
/// top without padding. `rgba` comes from malloc(3); release it with `codec_free`.
struct codec_image {
  uint32_t width;
  uint32_t height;
  uint8_t *rgba;
};

/// Decodes a whole PNG of any colour type, depth and interlacing. Wrong checksums and a missing end are errors: the image is
/// complete or absent. Returns an `enum codec_result`. `error` receives at most `error_size` bytes with a NUL; it may be NULL
/// when `error_size` is 0. No state is shared between calls.
int codec_decode_png(const uint8_t *bytes, size_t count, uint32_t max_pixels, struct codec_image *out, char *error,
                     size_t error_size);

/// Decodes a whole JPEG: grey, YCbCr, RGB, CMYK or YCCK; baseline or progressive. Data that stops early is the error
/// "truncated", never grey filling. Otherwise as `codec_decode_png`.
int codec_decode_jpeg(const uint8_t *bytes, size_t count, uint32_t max_pixels, struct codec_image *out, char *error,
                      size_t error_size);

/// Releases the pixels and empties the image. An empty image is fine.
void codec_free(struct codec_image *image);

/// Looks for the first uncompressed text chunk (tEXt) with this keyword, without decoding anything and without checking
/// checksums. Stores its value and a NUL. Returns the bytes of the value, or -1 when there is no such chunk, when the chunks
/// before it are broken, or when the value and the NUL do not fit into `size` bytes.
int64_t codec_png_text(const uint8_t *bytes, size_t count, const char *keyword, char *value, size_t size);

/// Writes `width * height` RGBA pixels to a descriptor as a PNG. Returns 0 or -errno: what write(2) said (-ENOSPC, -EPIPE …),
/// -EINVAL for a side of 0 or above 1,000,000 pixels, -ENOMEM. What was written before an error stays written.
int codec_encode_png(int descriptor, uint32_t width, uint32_t height, const uint8_t *rgba);

#endif
