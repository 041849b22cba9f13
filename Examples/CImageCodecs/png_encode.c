#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <unistd.h>

#include "CImageCodecs.h"

/// libpng's own limit, PNG_USER_WIDTH_MAX.
#define MAX_SIDE 1000000

struct job {
  int descriptor;
  int error;  // a positive errno, set before each longjmp
  jmp_buf escape;
};

static void on_error(png_structp png, png_const_charp message) {
  (void)message;
  struct job *job = png_get_error_ptr(png);
  // libpng's own errors while writing: a bad size or no memory. The size was checked before.
  if (job->error == 0) job->error = ENOMEM;
  longjmp(job->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  struct job *job = png_get_io_ptr(png);
  while (count > 0) {
    ssize_t written = write(job->descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      job->error = written < 0 ? errno : EIO;
      png_error(png, "write");
    }
    bytes += written;
    count -= (size_t)written;
  }
}

// Durability is the caller's: it knows whether the descriptor is a file.
static void on_flush(png_structp png) { (void)png; }

static int run(struct job *job, png_structp png, png_infop info, uint32_t width, uint32_t height, const uint8_t *rgba) {
  if (setjmp(job->escape)) return -job->error;
  png_set_write_fn(png, job, on_write, on_flush);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, rgba + (size_t)y * width * 4);
  png_write_end(png, info);
  return 0;
}

int codec_encode_png(int descriptor, uint32_t width, uint32_t height, const uint8_t *rgba) {
  if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE) return -EINVAL;
  struct job job = {.descriptor = descriptor};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
  if (png == NULL) return -ENOMEM;
  png_infop info = png_create_info_struct(png);
  int result = info == NULL ? -ENOMEM : run(&job, png, info, width, height, rgba);
  png_destroy_write_struct(&png, &info);
  return result;
}
