#ifndef MARKDOWN_H
#define MARKDOWN_H

#include <mupdf/fitz.h>

/// Makes a book (EPUB) of Markdown, in memory: what MuPDF lays out with fonts that we choose. Throws as MuPDF does.
fz_buffer *markdown_book(fz_context *context, const char *text, size_t count, const char *fonts);

#endif
