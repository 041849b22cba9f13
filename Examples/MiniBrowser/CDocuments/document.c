#include <mupdf/fitz.h>
#include <stdlib.h>
#include <string.h>

#include "CDocuments.h"
#include "fonts.h"
#include "markdown.h"

/// Bytes that MuPDF may keep of what it has decoded.
#define STORE (32 << 20)
#define MOST_PAGES 10000
/// How a page of Markdown is laid out, in points.
#define PAGE_WIDTH 480
#define PAGE_HEIGHT 620
#define TEXT_SIZE 12

struct document {
  fz_context *context;
  fz_document *document;
};

static void say(char *error, const char *text) {
  strncpy(error, text, DOCUMENT_ERROR_SIZE - 1);
  error[DOCUMENT_ERROR_SIZE - 1] = 0;
}

// What MuPDF has to say of a broken document is nobody's business beyond the reply.
static void ignore(void *user, const char *message) { (void)user, (void)message; }

static fz_document *open_in(fz_context *context, enum document_kind kind, const uint8_t *bytes, size_t count, const char *fonts) {
  static const char *const types[] = {"application/epub+zip", "image/svg+xml", "application/pdf"};
  fz_buffer *buffer = NULL;
  fz_stream *stream = NULL;
  fz_document *document = NULL;
  fz_var(buffer);
  fz_var(stream);
  fz_var(document);
  fz_try(context) {
    fz_register_document_handlers(context);
    fz_set_warning_callback(context, ignore, NULL);
    fz_set_error_callback(context, ignore, NULL);
    fonts_install(context, fonts);
    buffer = kind == DOCUMENT_MARKDOWN ? markdown_book(context, (const char *)bytes, count, fonts)
                                       : fz_new_buffer_from_shared_data(context, bytes, count);
    stream = fz_open_buffer(context, buffer);
    document = fz_open_document_with_stream(context, types[kind], stream);
    fz_layout_document(context, document, PAGE_WIDTH, PAGE_HEIGHT, TEXT_SIZE);
    if (fz_needs_password(context, document)) fz_throw(context, FZ_ERROR_GENERIC, "it wants a password");
  }
  fz_always(context) {
    fz_drop_stream(context, stream);
    fz_drop_buffer(context, buffer);
  }
  fz_catch(context) {
    fz_drop_document(context, document);
    fz_rethrow(context);
  }
  return document;
}

struct document *document_open(enum document_kind kind, const uint8_t *bytes, size_t count, const char *fonts, char *error) {
  if (kind > DOCUMENT_PDF) {
    say(error, "no such kind of document");
    return NULL;
  }
  struct document *opened = calloc(1, sizeof *opened);
  if (opened != NULL) opened->context = fz_new_context(NULL, NULL, STORE);
  if (opened == NULL || opened->context == NULL) {
    free(opened);
    say(error, "no memory");
    return NULL;
  }
  fz_try(opened->context) opened->document = open_in(opened->context, kind, bytes, count, fonts);
  fz_catch(opened->context) {
    say(error, fz_caught_message(opened->context));
    document_close(opened);
    return NULL;
  }
  return opened;
}

int document_pages(struct document *document, char *error) {
  int count = -1;
  fz_var(count);
  fz_try(document->context) count = fz_count_pages(document->context, document->document);
  fz_catch(document->context) {
    say(error, fz_caught_message(document->context));
    return -1;
  }
  return count > MOST_PAGES ? MOST_PAGES : count;
}

// The scale at which a page of these bounds is `width` pixels wide, or less if it would be higher than `max_height`.
static float scale_of(fz_rect bounds, uint32_t width, uint32_t max_height) {
  float wide = bounds.x1 - bounds.x0, high = bounds.y1 - bounds.y0;
  if (!(wide > 0) || !(high > 0)) return 0;
  float scale = (float)width / wide;
  return high * scale > (float)max_height ? (float)max_height / high : scale;
}

static void copy_picture(fz_context *context, fz_pixmap *pixmap, uint32_t width, uint32_t max_height, struct document_picture *out) {
  uint32_t wide = (uint32_t)pixmap->w, high = (uint32_t)pixmap->h;
  // Rounding may have made a row or a column more.
  if (wide > width) wide = width;
  if (high > max_height) high = max_height;
  if (wide == 0 || high == 0 || pixmap->n != 3) fz_throw(context, FZ_ERROR_GENERIC, "an empty page");
  uint8_t *rgba = malloc((size_t)wide * high * 4);
  if (rgba == NULL) fz_throw(context, FZ_ERROR_MEMORY, "no memory for the picture");
  for (uint32_t y = 0; y < high; y++) {
    const uint8_t *from = pixmap->samples + (size_t)y * (size_t)pixmap->stride;
    uint8_t *to = rgba + (size_t)y * wide * 4;
    for (uint32_t x = 0; x < wide; x++, from += 3, to += 4) {
      to[0] = from[0], to[1] = from[1], to[2] = from[2], to[3] = 255;
    }
  }
  *out = (struct document_picture){wide, high, rgba};
}

int document_draw(struct document *document, int number, uint32_t width, uint32_t max_height, struct document_picture *out, char *error) {
  fz_context *context = document->context;
  fz_page *page = NULL;
  fz_pixmap *pixmap = NULL;
  fz_var(page);
  fz_var(pixmap);
  *out = (struct document_picture){0};
  fz_try(context) {
    page = fz_load_page(context, document->document, number);
    float scale = scale_of(fz_bound_page(context, page), width, max_height);
    if (!(scale > 0)) fz_throw(context, FZ_ERROR_GENERIC, "a page without a size");
    pixmap = fz_new_pixmap_from_page(context, page, fz_scale(scale, scale), fz_device_rgb(context), 0);
    copy_picture(context, pixmap, width, max_height, out);
  }
  fz_always(context) {
    fz_drop_pixmap(context, pixmap);
    fz_drop_page(context, page);
  }
  fz_catch(context) {
    say(error, fz_caught_message(context));
    return -1;
  }
  return 0;
}

void document_free_picture(struct document_picture *picture) {
  free(picture->rgba);
  *picture = (struct document_picture){0};
}

void document_close(struct document *document) {
  if (document == NULL) return;
  fz_drop_document(document->context, document->document);
  fz_drop_context(document->context);
  free(document);
}
