#include <stdio.h>
// jpeglib.h needs FILE and size_t to be known.
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>

#include "CSampleEncoders.h"

// `errors` comes first: libjpeg hands back a pointer to it.
struct job {
  struct jpeg_error_mgr errors;
  struct jpeg_compress_struct jpeg;
  unsigned char *bytes;
  unsigned long count;
  jmp_buf escape;
};

static void on_error(j_common_ptr jpeg) {
  struct job *job = (struct job *)jpeg->err;
  longjmp(job->escape, 1);
}

static J_COLOR_SPACE colour_space(int channels) {
  switch (channels) {
    case 1: return JCS_GRAYSCALE;
    case 4: return JCS_CMYK;
    default: return JCS_RGB;
  }
}

static int run(struct job *job, const struct sample_jpeg *picture) {
  if (setjmp(job->escape)) return -1;
  jpeg_create_compress(&job->jpeg);
  jpeg_mem_dest(&job->jpeg, &job->bytes, &job->count);
  job->jpeg.image_width = picture->width;
  job->jpeg.image_height = picture->height;
  job->jpeg.input_components = picture->channels;
  job->jpeg.in_color_space = colour_space(picture->channels);
  jpeg_set_defaults(&job->jpeg);
  jpeg_set_quality(&job->jpeg, picture->quality, TRUE);
  job->jpeg.optimize_coding = TRUE;
  if (picture->progressive) jpeg_simple_progression(&job->jpeg);
  jpeg_start_compress(&job->jpeg, TRUE);
  size_t stride = (size_t)picture->width * (size_t)picture->channels;
  while (job->jpeg.next_scanline < picture->height) {
    JSAMPROW row = (JSAMPROW)picture->samples + job->jpeg.next_scanline * stride;
    jpeg_write_scanlines(&job->jpeg, &row, 1);
  }
  jpeg_finish_compress(&job->jpeg);
  return 0;
}

int sample_encode_jpeg(const struct sample_jpeg *picture, struct sample_bytes *out) {
  struct job job = {0};
  job.jpeg.err = jpeg_std_error(&job.errors);
  job.errors.error_exit = on_error;
  int result = run(&job, picture);
  jpeg_destroy_compress(&job.jpeg);
  *out = (struct sample_bytes){job.bytes, job.count};
  if (result != 0) sample_free(out);
  return result;
}
