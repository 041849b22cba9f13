#include "markdown.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "fonts.h"

static const char container[] =
    "<?xml version=\"1.0\"?><container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>"
    "<rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

static const char package[] =
    "<?xml version=\"1.0\"?><package version=\"2.0\" xmlns=\"http://www.idpf.org/2007/opf\"><manifest>"
    "<item id=\"page\" href=\"page.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>"
    "<spine><itemref idref=\"page\"/></spine></package>";

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><style>"
    "@font-face{font-family:Text;src:url(text.ttf)}"
    "@font-face{font-family:Text;font-weight:bold;src:url(bold.ttf)}"
    "@font-face{font-family:Code;src:url(code.ttf)}"
    "body{font-family:Text,sans-serif;line-height:1.4;color:#222}"
    "h1,h2,h3{font-family:Text,sans-serif;font-weight:bold;color:#134}"
    "h1{font-size:1.9em;margin:0 0 .5em} h2{font-size:1.4em}"
    "strong,b{font-family:Text,sans-serif;font-weight:bold}"
    // Debian's core of DejaVu has no slanted letters.
    "em,i{font-family:sans-serif;font-style:italic}"
    "code,pre{font-family:Code,monospace;font-size:.9em} pre{background-color:#eef2f5;padding:.6em;margin:.8em 0}"
    "blockquote{color:#567;margin-left:1.2em} a{color:#15c}"
    "</style></head><body>";

static const char tail[] = "</body></html>";

static const struct {
  const char *entry, *file;
} fonts_of_book[] = {{"text.ttf", "DejaVuSans.ttf"}, {"bold.ttf", "DejaVuSans-Bold.ttf"}, {"code.ttf", "DejaVuSansMono.ttf"}};

static void add_bytes(fz_context *context, fz_zip_writer *zip, const char *name, const void *bytes, size_t count) {
  fz_buffer *buffer = fz_new_buffer_from_copied_data(context, bytes, count);
  fz_try(context) fz_write_zip_entry(context, zip, name, buffer, 0);
  fz_always(context) fz_drop_buffer(context, buffer);
  fz_catch(context) fz_rethrow(context);
}

static void add_fonts(fz_context *context, fz_zip_writer *zip, const char *fonts) {
  for (size_t i = 0; i < sizeof fonts_of_book / sizeof fonts_of_book[0]; i++) {
    fz_buffer *buffer = fonts_read(context, fonts, fonts_of_book[i].file);
    // Without it the text is set in MuPDF's own.
    if (buffer == NULL) continue;
    fz_try(context) fz_write_zip_entry(context, zip, fonts_of_book[i].entry, buffer, 0);
    fz_always(context) fz_drop_buffer(context, buffer);
    fz_catch(context) fz_rethrow(context);
  }
}

// The document's own HTML is left out (CMARK_OPT_SAFE is cmark's default): it is Markdown that is rendered here.
static fz_buffer *page_of(fz_context *context, const char *text, size_t count) {
  char *body = cmark_markdown_to_html(text, count, CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_SMART);
  if (body == NULL) fz_throw(context, FZ_ERROR_MEMORY, "no memory for the page");
  fz_buffer *page = NULL;
  fz_var(page);
  fz_try(context) {
    page = fz_new_buffer(context, sizeof head + strlen(body) + sizeof tail);
    fz_append_string(context, page, head);
    fz_append_string(context, page, body);
    fz_append_string(context, page, tail);
  }
  fz_always(context) free(body);
  fz_catch(context) {
    fz_drop_buffer(context, page);
    fz_rethrow(context);
  }
  return page;
}

fz_buffer *markdown_book(fz_context *context, const char *text, size_t count, const char *fonts) {
  fz_buffer *book = NULL, *page = NULL;
  fz_output *output = NULL;
  fz_zip_writer *zip = NULL;
  fz_var(book);
  fz_var(page);
  fz_var(output);
  fz_var(zip);
  fz_try(context) {
    page = page_of(context, text, count);
    book = fz_new_buffer(context, 4 << 20);
    output = fz_new_output_with_buffer(context, book);
    zip = fz_new_zip_writer_with_output(context, output);
    output = NULL;  // the writer's now
    add_bytes(context, zip, "mimetype", "application/epub+zip", strlen("application/epub+zip"));
    add_bytes(context, zip, "META-INF/container.xml", container, sizeof container - 1);
    add_bytes(context, zip, "book.opf", package, sizeof package - 1);
    add_fonts(context, zip, fonts);
    fz_write_zip_entry(context, zip, "page.xhtml", page, 0);
    fz_close_zip_writer(context, zip);
  }
  fz_always(context) {
    fz_drop_zip_writer(context, zip);
    fz_drop_output(context, output);
    fz_drop_buffer(context, page);
  }
  fz_catch(context) {
    fz_drop_buffer(context, book);
    fz_rethrow(context);
  }
  return book;
}
