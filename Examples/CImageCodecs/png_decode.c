#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "png_chunks.h"
#include "shared.h"

// Everything that a step may set lives here and not in locals: after a longjmp only memory is sure to hold its value.
struct job {
  const uint8_t *bytes;
  size_t left;
  png_structp png;
  png_infop info;
  png_bytep *rows;
  struct codec_image image;
  struct codec_failure *failure;
  jmp_buf escape;
};

static void on_error(png_structp png, png_const_charp message) {
  struct job *job = png_get_error_ptr(png);
  codec_say(job->failure, CODEC_MALFORMED, "%s", message);
  longjmp(job->escape, 1);
}

// Warnings are about data beside the pixels. libpng would print them.
static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void on_read(png_structp png, png_bytep destination, size_t count) {
  struct job *job = png_get_io_ptr(png);
  if (count > job->left) png_error(png, "truncated");
  memcpy(destination, job->bytes, count);
  job->bytes += count;
  job->left -= count;
}

/// Reads the size from the header by hand: libpng's own refusal does not say which limit was passed. libpng reads the same
/// header, and refuses a second one.
static int check_header(struct job *job, uint32_t max_pixels) {
  struct png_walk walk;
  struct png_chunk header;
  if (!png_walk_start(&walk, job->bytes, job->left)) {
    codec_say(job->failure, CODEC_MALFORMED, job->left == 0 ? "empty file" : "not a PNG");
  } else if (!png_walk_next(&walk, &header)) {
    codec_say(job->failure, CODEC_MALFORMED, "truncated");
  } else if (!png_chunk_is(&header, "IHDR") || header.length != 13) {
    codec_say(job->failure, CODEC_MALFORMED, "no header");
  } else {
    uint32_t width = png_big_endian(header.data);
    uint32_t height = png_big_endian(header.data + 4);
    return codec_check_size(job->failure, width, height, max_pixels);
  }
  return job->failure->result;
}

static void set_limits(png_structp png) {
  png_set_user_limits(png, CODEC_MAX_DIMENSION, CODEC_MAX_DIMENSION);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_chunk_cache_max(png, 64);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // Profiles, texts and times are attack surface that a thumbnail does not need: no parser of theirs runs.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

/// Asks for 8-bit RGBA whatever the file holds.
static void set_output(struct job *job) {
  png_set_expand(job->png);
  png_set_scale_16(job->png);
  png_set_gray_to_rgb(job->png);
  png_set_add_alpha(job->png, 0xff, PNG_FILLER_AFTER);
  png_set_interlace_handling(job->png);
  png_read_update_info(job->png, job->info);
}

static int allocate(struct job *job) {
  size_t stride = 4 * (size_t)job->image.width;  // both sides are at most CODEC_MAX_DIMENSION: no overflow
  if (png_get_rowbytes(job->png, job->info) != stride) {
    codec_say(job->failure, CODEC_MALFORMED, "rows of an unexpected size");
    return job->failure->result;
  }
  job->image.rgba = malloc(stride * job->image.height);
  job->rows = malloc(job->image.height * sizeof *job->rows);
  if (job->image.rgba == NULL || job->rows == NULL) {
    codec_say(job->failure, CODEC_NO_MEMORY, "out of memory");
    return job->failure->result;
  }
  for (uint32_t y = 0; y < job->image.height; y++) job->rows[y] = job->image.rgba + y * stride;
  return CODEC_OK;
}

static int run(struct job *job) {
  if (setjmp(job->escape)) return job->failure->result;
  set_limits(job->png);
  png_set_read_fn(job->png, job, on_read);
  png_read_info(job->png, job->info);
  job->image.width = png_get_image_width(job->png, job->info);
  job->image.height = png_get_image_height(job->png, job->info);
  set_output(job);
  int result = allocate(job);
  if (result != CODEC_OK) return result;
  png_read_image(job->png, job->rows);
  png_read_end(job->png, NULL);
  return CODEC_OK;
}

static int decode(struct job *job, uint32_t max_pixels) {
  int result = check_header(job, max_pixels);
  if (result != CODEC_OK) return result;
  job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
  job->info = job->png == NULL ? NULL : png_create_info_struct(job->png);
  if (job->info == NULL) {
    codec_say(job->failure, CODEC_NO_MEMORY, "libpng could not start");
    result = job->failure->result;
  } else {
    result = run(job);
  }
  if (job->png != NULL) png_destroy_read_struct(&job->png, &job->info, NULL);
  free(job->rows);
  if (result != CODEC_OK) codec_free(&job->image);
  return result;
}

int codec_decode_png(const uint8_t *bytes, size_t count, uint32_t max_pixels, struct codec_image *out, char *error,
                     size_t error_size) {
  struct codec_failure failure = {error, error_size, CODEC_OK};
  struct job job = {.bytes = bytes, .left = count, .failure = &failure};
  int result = decode(&job, max_pixels);
  *out = job.image;
  return result;
}
