// What the decoders have in common; not part of the target's surface.
#ifndef CODEC_SHARED_H
#define CODEC_SHARED_H

#include "CImageCodecs.h"

/// Where a decoder leaves its reason.
struct codec_failure {
  char *text;
  size_t size;
  int result;  // enum codec_result
};

/// Records the reason, cut to the caller's buffer.
__attribute__((format(printf, 3, 4))) void codec_say(struct codec_failure *failure, int result, const char *format, ...);

/// Compares a picture's claimed size with the limits before any memory is spent on it. Returns an `enum codec_result`.
int codec_check_size(struct codec_failure *failure, uint32_t width, uint32_t height, uint32_t max_pixels);

#endif
