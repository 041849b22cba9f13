#ifndef FONTS_H
#define FONTS_H

#include <mupdf/fitz.h>

/// Makes MuPDF ask `fonts` for what a document does not bring along. `fonts` must live as long as the context.
void fonts_install(fz_context *context, const char *fonts);

/// Reads a font's file; NULL when it is not there, is too large, or may not be read. Throws as MuPDF does when there is no memory.
fz_buffer *fonts_read(fz_context *context, const char *fonts, const char *file);

#endif
