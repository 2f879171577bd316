/* tests/unit/vector.h - where test vectors come from: fenced blocks of our own format pages, and
 * the published vectors of others that lie beside the repository on some machines. */
#pragma once
#include "base/scope.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h> /* needs the two above */

enum { VECTOR_PATH_MAX = 1024 };

/* Opens a scope; the test stops when there is none. */
struct scope *test_scope(void);

/* The call must refuse with exactly this reason, and say why. */
void assert_status(struct scope *s, Status got, Status expected);

/* The whole file into the scope; the test stops when it cannot be read. */
Bytes vector_file(struct scope *s, const char *path);

#define VECTORS_ABSENT "the published vectors are not here"

/* Path of a folder of published vectors, from TWINPOST_SHARED or <root>/../shared; false when it is
 * not there. */
bool vector_shared(const char *folder, char out[static VECTOR_PATH_MAX]);

/* Calls `each` for every file below the folder, in order of names; returns how many. */
size_t vector_walk(const char *folder, void (*each)(void *ctx, const char *path), void *ctx);

/* The lines between "```vector NAME" and "```" of docs/formats/<page>; the test stops when the page
 * has no such block. */
Str vector_page(struct scope *s, const char *page, const char *name);

/* The value of a "key value" line of a block; the test stops when it is not there. */
Str vector_value(Str block, const char *key);

/* Bytes from hex; the test stops when it is not hex. */
Bytes vector_hex(struct scope *s, Str hex);
void assert_hex(Bytes got, Str hex);
