/* tests/unit/paper/reading.h - a scope and a folder for a test that draws, and what poppler reads
 * from its pages. */
#pragma once
#include "base/scope.h"

#define OKAY(call) assert_int_equal((call), OK)

struct fixture {
    struct scope *s;
    const char *folder;
};

/* Of each test, by cmocka. */
int reading_set_up(void **state);
int reading_tear_down(void **state);

/* The PDF as a file; its path. */
const char *saved(struct fixture *f, Bytes pdf);

bool contains(Str text, const char *part);
size_t count_of(Str text, const char *part);

/* Text of the PDF in the order of its content, blanks and line ends as one blank. */
Str text_of(struct fixture *f, const char *path);
