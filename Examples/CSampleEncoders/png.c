#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CSampleEncoders.h"

struct job {
  struct sample_bytes out;
  jmp_buf escape;
};

static void on_error(png_structp png, png_const_charp message) {
  (void)message;
  struct job *job = png_get_error_ptr(png);
  longjmp(job->escape, 1);
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  struct job *job = png_get_io_ptr(png);
  uint8_t *grown = realloc(job->out.bytes, job->out.count + count);
  if (grown == NULL) png_error(png, "out of memory");
  memcpy(grown + job->out.count, bytes, count);
  job->out = (struct sample_bytes){grown, job->out.count + count};
}

static void on_flush(png_structp png) { (void)png; }

static void set_palette(png_structp png, png_infop info, const struct sample_png *picture) {
  png_color colours[256];
  png_byte alphas[256];
  int transparent = 0;  // entries up to the last one that is not opaque
  for (int i = 0; i < picture->palette_count && i < 256; i++) {
    const uint8_t *entry = picture->palette + 4 * i;
    colours[i] = (png_color){entry[0], entry[1], entry[2]};
    alphas[i] = entry[3];
    if (entry[3] != 255) transparent = i + 1;
  }
  png_set_PLTE(png, info, colours, picture->palette_count);
  if (transparent > 0) png_set_tRNS(png, info, alphas, transparent, NULL);
}

static int run(struct job *job, png_structp png, png_infop info, const struct sample_png *picture) {
  if (setjmp(job->escape)) return -1;
  png_set_write_fn(png, job, on_write, on_flush);
  png_set_compression_level(png, 9);
  int interlacing = picture->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE;
  png_set_IHDR(png, info, picture->width, picture->height, picture->depth, picture->colour, interlacing,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (picture->colour == SAMPLE_PALETTE) set_palette(png, info, picture);
  png_write_info(png, info);
  int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < picture->height; y++) png_write_row(png, picture->rows + y * picture->row_bytes);
  }
  png_write_end(png, info);
  return 0;
}

int sample_encode_png(const struct sample_png *picture, struct sample_bytes *out) {
  struct job job = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &job, on_error, NULL);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  int result = info == NULL ? -1 : run(&job, png, info, picture);
  if (png != NULL) png_destroy_write_struct(&png, &info);
  if (result != 0) sample_free(&job.out);
  *out = job.out;
  return result;
}

void sample_free(struct sample_bytes *bytes) {
  free(bytes->bytes);
  *bytes = (struct sample_bytes){0};
}
