#include "cli/print.h"
#include <unistd.h>

enum { COLUMNS_MAX = 24, NUMBER_TEXT_MAX = 32, INDENT = 2 };

/* A value as text; `number` holds it when it is a number. */
static const char *cell(const json_t *value, char number[static NUMBER_TEXT_MAX])
{
    number[0] = '\0';
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_integer(value))
        snprintf(number, NUMBER_TEXT_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_boolean(value)) return json_is_true(value) ? "yes" : "no";
    return number;
}

/* Bytes of the control character that the text begins with (C0, DEL, C1, the marks that turn the
 * direction of writing); 0 when it is none. */
static size_t control_at(Str text)
{
    unsigned char c[3] = {0};
    memcpy(c, text.ptr, text.len < sizeof c ? text.len : sizeof c);
    if (c[0] < 0x20 || c[0] == 0x7f) return 1;
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) return 2;
    if (c[0] != 0xe2) return 0;
    bool turns =
        (c[1] == 0x80 && ((c[2] >= 0xaa && c[2] <= 0xae) || c[2] == 0x8e || c[2] == 0x8f)) ||
        (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
    return turns ? 3 : 0;
}

/* The text without control characters; a new line goes on at `indent`, or is a blank when that is
 * negative. */
static void print_plain(FILE *out, Str text, int indent)
{
    while (text.len) {
        size_t control = control_at(text), step = control ? control : 1;
        if (text.ptr[0] == '\n' && indent >= 0)
            fprintf(out, "\n%*s", indent, "");
        else if (text.ptr[0] == '\n' || text.ptr[0] == '\t')
            putc(' ', out);
        else if (control)
            fputs("\xef\xbf\xbd", out); /* U+FFFD */
        else
            putc(text.ptr[0], out);
        text = (Str){text.ptr + step, text.len - step};
    }
}

/* Letters, not bytes: what starts no UTF-8 sequence takes no place. */
static int width(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void print_padded(FILE *out, const char *text, int to)
{
    print_plain(out, str_of(text), -1);
    fprintf(out, "%*s", to > width(text) ? to - width(text) : 0, "");
}

static size_t columns_of(const json_t *list, const char **names, int *widths)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        char number[NUMBER_TEXT_MAX];
        const char *key;
        json_t *value;
        json_object_foreach(json_array_get(list, i), key, value)
        {
            size_t k = 0;
            while (k < count && strcmp(names[k], key) != 0)
                k++;
            if (k == COLUMNS_MAX) continue;
            if (k == count) {
                names[count] = key;
                widths[count++] = width(key);
            }
            int needed = width(cell(value, number));
            if (needed > widths[k]) widths[k] = needed;
        }
    }
    return count;
}

static void print_table(FILE *out, const json_t *list, int indent)
{
    const char *names[COLUMNS_MAX];
    int widths[COLUMNS_MAX];
    char number[NUMBER_TEXT_MAX];
    size_t count = columns_of(list, names, widths);
    for (size_t i = 0; i <= json_array_size(list); i++) {
        fprintf(out, "%*s", indent, "");
        for (size_t k = 0; k < count; k++) {
            const char *shown =
                i == 0 ? names[k]
                       : cell(json_object_get(json_array_get(list, i - 1), names[k]), number);
            print_padded(out, shown, k + 1 < count ? widths[k] + 2 : 0);
        }
        fprintf(out, "\n");
    }
}

static bool is_inner(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

/* Do the rows hold more than columns can show? */
static bool is_deep(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_array_get(list, i), key, value) if (is_inner(value)) return true;
    }
    return false;
}

static void print_object(FILE *out, const json_t *object, int indent);

static void print_list(FILE *out, const json_t *list, int indent)
{
    char number[NUMBER_TEXT_MAX];
    size_t count = json_array_size(list);
    if (!json_is_object(json_array_get(list, 0))) {
        for (size_t i = 0; i < count; i++) {
            fprintf(out, "%*s", indent, "");
            print_plain(out, str_of(cell(json_array_get(list, i), number)), indent);
            fprintf(out, "\n");
        }
    } else if (is_deep(list)) {
        for (size_t i = 0; i < count; i++) {
            if (i) fprintf(out, "\n");
            print_object(out, json_array_get(list, i), indent);
        }
    } else {
        print_table(out, list, indent);
    }
}

static void print_object(FILE *out, const json_t *object, int indent)
{
    char number[NUMBER_TEXT_MAX];
    const char *key;
    json_t *value;
    int widest = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!is_inner(value) && width(key) > widest) widest = width(key);
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        fprintf(out, "%*s", indent, "");
        if (!is_inner(value)) {
            print_padded(out, key, widest + 2);
            print_plain(out, str_of(cell(value, number)), indent + widest + 2);
            fprintf(out, "\n");
            continue;
        }
        bool is_empty =
            json_is_object(value) ? json_object_size(value) == 0 : json_array_size(value) == 0;
        fprintf(out, "%s:%s\n", key, is_empty ? " none" : "");
        if (json_is_object(value))
            print_object(out, value, indent + INDENT);
        else if (!is_empty)
            print_list(out, value, indent + INDENT);
    }
}

void print_answer(FILE *out, const json_t *answer)
{
    print_object(out, answer, 0);
}

void print_raw(FILE *out, Str text)
{
    if (!isatty(fileno(out))) {
        fwrite(text.ptr, 1, text.len, out);
        return;
    }
    print_plain(out, text, 0);
}

void print_reason(FILE *out, const char *code, const char *reason)
{
    fprintf(out, "twinpost: %s: ", code);
    print_plain(out, str_of(reason), -1);
    fprintf(out, "\n");
}
