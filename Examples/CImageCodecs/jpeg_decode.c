#include <stdio.h>
// jpeglib.h needs FILE and size_t to be known.
#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>

#include "shared.h"

/// A progressive file may repeat scans without end: few bytes, much work for each.
#define MAX_SCANS 64

// As in png_decode.c, no local survives the longjmp. `errors` comes first: libjpeg hands back a pointer to it.
struct job {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct jpeg;
  struct codec_image image;
  struct codec_failure *failure;
  jmp_buf escape;
};

static _Noreturn void on_error(j_common_ptr jpeg) {
  struct job *job = (struct job *)jpeg->err;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  int result = jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? CODEC_NO_MEMORY : CODEC_MALFORMED;
  codec_say(job->failure, result, "%s", text);
  longjmp(job->escape, 1);
}

/// libjpeg mends broken data and says so in a warning (level -1). A mended picture is a partial one: it is refused, except
/// where every pixel is there all the same.
static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
      return;
    case JWRN_JPEG_EOF: {
      struct job *job = (struct job *)jpeg->err;
      codec_say(job->failure, CODEC_MALFORMED, "truncated");
      longjmp(job->escape, 1);
    }
    default:
      on_error(jpeg);
  }
}

static void on_progress(j_common_ptr jpeg) {
  struct job *job = (struct job *)jpeg->err;
  if (!jpeg->is_decompressor || job->jpeg.input_scan_number <= MAX_SCANS) return;
  codec_say(job->failure, CODEC_TOO_LARGE, "more than %d scans", MAX_SCANS);
  longjmp(job->escape, 1);
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

/// Adobe's CMYK holds 255 for no ink; plain CMYK holds 0.
static void convert_cmyk(uint8_t *pixels, uint32_t count, boolean inverted) {
  for (uint8_t *pixel = pixels; count-- > 0; pixel += 4) {
    unsigned light = inverted ? pixel[3] : 255u - pixel[3];
    for (int channel = 0; channel < 3; channel++) {
      unsigned colour = inverted ? pixel[channel] : 255u - pixel[channel];
      pixel[channel] = (uint8_t)(colour * light / 255);
    }
    pixel[3] = 255;
  }
}

static void set_up(struct job *job, uint32_t max_pixels) {
  job->jpeg.progress = &job->progress;
  // The coefficients of a progressive picture take at most 8 bytes a pixel; what asks for more is no picture within the limit.
  job->jpeg.mem->max_memory_to_use = (32l << 20) + 8l * max_pixels;
}

static boolean is_cmyk(const struct job *job) {
  return job->jpeg.jpeg_color_space == JCS_CMYK || job->jpeg.jpeg_color_space == JCS_YCCK;
}

static int allocate(struct job *job, uint32_t max_pixels) {
  uint32_t width = job->jpeg.image_width;
  uint32_t height = job->jpeg.image_height;
  int result = codec_check_size(job->failure, width, height, max_pixels);
  if (result != CODEC_OK) return result;
  job->image = (struct codec_image){width, height, malloc(4 * (size_t)width * height)};
  if (job->image.rgba == NULL) codec_say(job->failure, CODEC_NO_MEMORY, "out of memory");
  return job->failure->result;
}

static void read_rows(struct job *job) {
  size_t stride = 4 * (size_t)job->image.width;
  while (job->jpeg.output_scanline < job->image.height) {
    JSAMPROW row = job->image.rgba + job->jpeg.output_scanline * stride;
    jpeg_read_scanlines(&job->jpeg, &row, 1);
    if (is_cmyk(job)) convert_cmyk(row, job->image.width, job->jpeg.saw_Adobe_marker);
  }
}

static int run(struct job *job, const uint8_t *bytes, size_t count, uint32_t max_pixels) {
  if (setjmp(job->escape)) return job->failure->result;
  jpeg_create_decompress(&job->jpeg);
  set_up(job, max_pixels);
  jpeg_mem_src(&job->jpeg, bytes, count);
  jpeg_read_header(&job->jpeg, TRUE);
  int result = allocate(job, max_pixels);
  if (result != CODEC_OK) return result;
  job->jpeg.out_color_space = is_cmyk(job) ? JCS_CMYK : JCS_EXT_RGBA;
  jpeg_start_decompress(&job->jpeg);
  read_rows(job);
  jpeg_finish_decompress(&job->jpeg);
  return CODEC_OK;
}

int codec_decode_jpeg(const uint8_t *bytes, size_t count, uint32_t max_pixels, struct codec_image *out, char *error,
                      size_t error_size) {
  struct codec_failure failure = {error, error_size, CODEC_OK};
  struct job job = {.progress = {.progress_monitor = on_progress}, .failure = &failure};
  int result;
  if (count == 0) {
    codec_say(&failure, CODEC_MALFORMED, "empty file");
    result = failure.result;
  } else {
    job.jpeg.err = jpeg_std_error(&job.errors);
    job.errors.error_exit = on_error;
    job.errors.emit_message = on_message;
    job.errors.output_message = on_output;
    result = run(&job, bytes, count, max_pixels);
    jpeg_destroy_decompress(&job.jpeg);  // also after a create that failed: it looks at `mem`, which is then NULL
  }
  if (result != CODEC_OK) codec_free(&job.image);
  *out = job.image;
  return result;
}
