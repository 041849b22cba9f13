#include "fonts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// Larger fonts are left out.
#define LARGEST_FONT (8 << 20)

// Where the fonts lie. MuPDF's hooks take no argument of ours, and a worker has one context.
static const char *directory;

fz_buffer *fonts_read(fz_context *context, const char *fonts, const char *file) {
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/%s", fonts, file);
  if (length < 0 || (size_t)length >= sizeof path) return NULL;
  // In a sealed worker the host opens it in our place, or says no.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  fz_buffer *buffer = NULL;
  fz_var(buffer);
  fz_try(context) {
    buffer = fz_new_buffer(context, 1 << 20);
    unsigned char chunk[16384];
    ssize_t count;
    while ((count = read(descriptor, chunk, sizeof chunk)) > 0 || (count < 0 && errno == EINTR)) {
      if (count < 0) continue;
      if (buffer->len + (size_t)count > LARGEST_FONT) fz_throw(context, FZ_ERROR_GENERIC, "font too large");
      fz_append_data(context, buffer, chunk, (size_t)count);
    }
    if (count < 0) fz_throw(context, FZ_ERROR_GENERIC, "cannot read a font");
  }
  fz_always(context) close(descriptor);
  fz_catch(context) {
    fz_drop_buffer(context, buffer);
    return NULL;
  }
  return buffer;
}

static int has(const char *name, const char *part) { return strstr(name, part) != NULL; }

static fz_font *load(fz_context *context, const char *name, int bold, int italic, int needs_exact_metrics) {
  (void)italic;
  // A document whose letters were placed for another font of the base fourteen looks best in MuPDF's own.
  if (needs_exact_metrics && !has(name, "DejaVu")) return NULL;
  bold = bold || has(name, "Bold");
  const char *file = bold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf";
  if (has(name, "Serif") || has(name, "Times")) file = bold ? "DejaVuSerif-Bold.ttf" : "DejaVuSerif.ttf";
  if (has(name, "Mono") || has(name, "Courier")) file = bold ? "DejaVuSansMono-Bold.ttf" : "DejaVuSansMono.ttf";
  fz_buffer *buffer = fonts_read(context, directory, file);
  if (buffer == NULL) return NULL;
  fz_font *font = NULL;
  fz_var(font);
  fz_try(context) font = fz_new_font_from_buffer(context, name, buffer, 0, 0);
  fz_always(context) fz_drop_buffer(context, buffer);
  fz_catch(context) return NULL;
  return font;
}

static fz_font *load_cjk(fz_context *context, const char *name, int ordering, int serif) {
  (void)context, (void)name, (void)ordering, (void)serif;
  return NULL;
}

static fz_font *load_fallback(fz_context *context, int script, int language, int serif, int bold, int italic) {
  (void)script, (void)language;
  return load(context, serif ? "DejaVu Serif" : "DejaVu Sans", bold, italic, 0);
}

void fonts_install(fz_context *context, const char *fonts) {
  directory = fonts;
  fz_install_load_system_font_funcs(context, load, load_cjk, load_fallback);
}
