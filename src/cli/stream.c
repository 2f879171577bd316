/* Files that a command reads and writes; a pipe serves as well. Declared in cli/command.h. */
#include "cli/command.h"
#include "os/file.h"
#include <unistd.h>

static bool is_dash(const char *word)
{
    return strcmp(word, "-") == 0;
}

Status call_read(struct call *c, size_t at, size_t bytes_max, Bytes *out)
{
    const char *word = call_word(c, at);
    if (is_dash(word))
        return file_read_fd(c->scope, STDIN_FILENO, "the standard input", bytes_max, out);
    return file_read(c->scope, word, bytes_max, out);
}

Status call_no_folder(struct call *c, size_t at)
{
    if (!file_is_folder(call_word(c, at))) return OK;
    return fail(c->scope, ERR_USAGE, "%s is a folder; name a file", call_word(c, at));
}

Status call_write(struct call *c, size_t at, Bytes bytes)
{
    const char *word = call_word(c, at);
    if (is_dash(word)) {
        if (c->json)
            return fail(c->scope, ERR_USAGE,
                        "the standard output cannot hold both the file and JSON: name a file");
        c->raw = bytes_str(bytes);
        c->is_file = true;
        return OK;
    }
    TRY(call_no_folder(c, at));
    if (file_is_stream(word))
        TRY(file_write_stream(c->scope, word, bytes));
    else
        TRY(file_write(c->scope, word, bytes));
    answer_text(c, NULL, "file", str_of(word));
    answer_number(c, NULL, "bytes", bytes.len);
    return OK;
}

void call_progress(struct call *c, const char *what)
{
    if (c->progress == NULL) c->progress = progress_begin(what);
}
