// Debian's MuPDF and cmark behind four calls: open a document, count its pages, draw one, close it. The documents are strangers': call this in a
// sandboxed worker only. MuPDF's error handling (longjmp) does not leave this target. It keeps no state between documents and starts no thread.
#ifndef CDOCUMENTS_H
#define CDOCUMENTS_H

#include <stddef.h>
#include <stdint.h>

/// Bytes that hold any error text, with its terminating NUL.
#define DOCUMENT_ERROR_SIZE 256

enum document_kind {
  DOCUMENT_MARKDOWN = 0,
  DOCUMENT_SVG = 1,
  DOCUMENT_PDF = 2,
};

/// An open document.
struct document;

/// A drawn page: `width * height` pixels of 4 bytes (red, green, blue, alpha), rows from the top without padding; release it with
/// `document_free_picture`.
struct document_picture {
  uint32_t width;
  uint32_t height;
  uint8_t *rgba;
};

/// Opens a document in memory, which must stay there until it is closed. Fonts are read with open(2) and read(2) from `fonts`, a directory of
/// `DejaVuSans.ttf` and its sisters, and only those that the document needs; where there are none, MuPDF's own are used. Returns NULL and a text
/// in `error` (of DOCUMENT_ERROR_SIZE bytes) when it cannot.
struct document *document_open(enum document_kind kind, const uint8_t *bytes, size_t count, const char *fonts, char *error);

/// How many pages it has, at most 10000; -1 and a text when it cannot be told.
int document_pages(struct document *document, char *error);

/// Draws a page (from 0) so that it is `width` pixels wide, and at most `max_height` high. Returns 0, or -1 and a text.
int document_draw(struct document *document, int page, uint32_t width, uint32_t max_height, struct document_picture *out, char *error);

/// Releases the pixels and empties the picture.
void document_free_picture(struct document_picture *picture);

/// NULL is fine.
void document_close(struct document *document);

#endif
