#include "cli/print.h"

enum { COLUMNS_MAX = 24, CELL_TEXT_MAX = 4096, INDENT = 2 };

/* A value as the text of a cell. */
static const char *cell(const json_t *value, char out[static CELL_TEXT_MAX])
{
    out[0] = '\0';
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_integer(value))
        snprintf(out, CELL_TEXT_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_boolean(value)) return json_is_true(value) ? "yes" : "no";
    return out;
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
    fprintf(out, "%s%*s", text, to > width(text) ? to - width(text) : 0, "");
}

static size_t columns_of(const json_t *list, const char **names, int *widths)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        char text[CELL_TEXT_MAX];
        const char *key;
        json_t *value;
        json_object_foreach(json_array_get(list, i), key, value)
        {
            size_t k = 0;
            while (k < count && strcmp(names[k], key) != 0)
                k++;
            if (k == COLUMNS_MAX || json_is_object(value) || json_is_array(value)) continue;
            if (k == count) {
                names[count] = key;
                widths[count++] = width(key);
            }
            int needed = width(cell(value, text));
            if (needed > widths[k]) widths[k] = needed;
        }
    }
    return count;
}

static void print_table(FILE *out, const json_t *list, int indent)
{
    const char *names[COLUMNS_MAX];
    int widths[COLUMNS_MAX];
    char text[CELL_TEXT_MAX];
    size_t count = columns_of(list, names, widths);
    for (size_t i = 0; i <= json_array_size(list); i++) {
        fprintf(out, "%*s", indent, "");
        for (size_t k = 0; k < count; k++) {
            const char *shown =
                i == 0 ? names[k]
                       : cell(json_object_get(json_array_get(list, i - 1), names[k]), text);
            print_padded(out, shown, k + 1 < count ? widths[k] + 2 : 0);
        }
        fprintf(out, "\n");
    }
}

static void print_object(FILE *out, const json_t *object, int indent)
{
    char text[CELL_TEXT_MAX];
    const char *key;
    json_t *value;
    int widest = 0;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_object(value) && !json_is_array(value) && width(key) > widest)
            widest = width(key);
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool is_inner = json_is_object(value) || json_is_array(value);
        fprintf(out, "%*s", indent, "");
        if (!is_inner) {
            print_padded(out, key, widest + 2);
            fprintf(out, "%s\n", cell(value, text));
            continue;
        }
        bool is_empty =
            json_is_object(value) ? json_object_size(value) == 0 : json_array_size(value) == 0;
        fprintf(out, "%s:%s\n", key, is_empty ? " none" : "");
        if (json_is_object(value))
            print_object(out, value, indent + INDENT);
        else if (!is_empty && json_is_object(json_array_get(value, 0)))
            print_table(out, value, indent + INDENT);
        else
            for (size_t i = 0; i < json_array_size(value); i++)
                fprintf(out, "%*s%s\n", indent + INDENT, "", cell(json_array_get(value, i), text));
    }
}

void print_answer(FILE *out, const json_t *answer)
{
    print_object(out, answer, 0);
}
