#include "shared.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void codec_say(struct codec_failure *failure, int result, const char *format, ...) {
  failure->result = result;
  if (failure->size == 0) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->text, failure->size, format, arguments);
  va_end(arguments);
}

int codec_check_size(struct codec_failure *failure, uint32_t width, uint32_t height, uint32_t max_pixels) {
  if (width == 0 || height == 0) {
    codec_say(failure, CODEC_MALFORMED, "a side of zero pixels");
  } else if (width > CODEC_MAX_DIMENSION || height > CODEC_MAX_DIMENSION) {
    codec_say(failure, CODEC_TOO_LARGE, "%" PRIu32 "x%" PRIu32 " is above the limit of %d pixels a side", width, height,
              CODEC_MAX_DIMENSION);
  } else if ((uint64_t)width * height > max_pixels) {
    codec_say(failure, CODEC_TOO_LARGE, "%" PRIu32 "x%" PRIu32 " is above the limit of %" PRIu32 " pixels", width, height,
              max_pixels);
  } else {
    return CODEC_OK;
  }
  return failure->result;
}

void codec_free(struct codec_image *image) {
  free(image->rgba);
  *image = (struct codec_image){0};
}
