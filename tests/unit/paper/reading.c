#include "reading.h"
#include "command.h"
#include "folder.h"
#include "os/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

int reading_set_up(void **state)
{
    struct scope *s = scope_open(512 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){s, folder_open(s)};
    *state = f;
    return 0;
}

int reading_tear_down(void **state)
{
    struct fixture *f = *state;
    folder_close(f->folder);
    scope_close(f->s);
    return 0;
}

const char *saved(struct fixture *f, Bytes pdf)
{
    Str path = file_join(f->s, f->folder, "act.pdf");
    OKAY(file_write(f->s, path.ptr, pdf));
    return path.ptr;
}

bool contains(Str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

size_t count_of(Str text, const char *part)
{
    size_t found = 0, len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++)
        found += memcmp(text.ptr + i, part, len) == 0;
    return found;
}

Str text_of(struct fixture *f, const char *path)
{
    Str raw = {NULL, 0};
    const char *const argv[] = {"pdftotext", "-raw", "-enc", "UTF-8", path, "-", NULL};
    assert_int_equal(command_run(f->s, argv, &raw), 0);
    char *out = scope_alloc(f->s, raw.len + 1);
    assert_non_null(out);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        bool is_blank = raw.ptr[i] == ' ' || raw.ptr[i] == '\n' || raw.ptr[i] == '\f';
        if (!is_blank)
            out[len++] = raw.ptr[i];
        else if (len && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    return (Str){out, len};
}
