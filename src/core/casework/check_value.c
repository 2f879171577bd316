/* The sorts of values that stand in pack.json and kinds.json, one table row a sort. The schemas in
 * packs/schema say the same in their language. Declared in check_notes.h. */
#include "core/casework/check_notes.h"
#include <stdlib.h>

enum { LINE_CHARACTERS_MAX = 500, ID_BYTES_MAX = 64, PARTY_BYTES_MAX = 16 };

/* A sort of text: which texts are of it, and what to write instead of any other. */
struct sort {
    const char *name;
    bool (*fits)(Str text);
    const char *mend;
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* All of `text` from `at` on is made of what `is` accepts or of one of `others`. */
static bool is_made_of(Str text, size_t at, bool (*is)(char c), const char *others)
{
    for (size_t i = at; i < text.len; i++)
        if (!is(text.ptr[i]) && strchr(others, text.ptr[i]) == NULL) return false;
    return true;
}

static bool is_free(Str text)
{
    size_t characters = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7F) return false;
        characters += (c & 0xC0) != 0x80;
    }
    return characters <= LINE_CHARACTERS_MAX;
}

static bool is_line(Str text)
{
    return text.len && str_trim(text).len == text.len && is_free(text);
}

static bool is_letter_or_digit(char c)
{
    return is_lower(c) || is_upper(c) || is_digit(c);
}

static bool is_id(Str text)
{
    return text.len && text.len <= ID_BYTES_MAX && is_letter_or_digit(text.ptr[0]) &&
           is_made_of(text, 0, is_letter_or_digit, "_.-");
}

static bool is_pack(Str text)
{
    return text.len && text.len <= 32 && is_lower(text.ptr[0]) &&
           is_made_of(text, 0, is_lower, "0123456789-");
}

static bool is_party(Str text)
{
    return text.len && text.len <= PARTY_BYTES_MAX && is_lower(text.ptr[0]) &&
           is_made_of(text, 0, is_lower, "0123456789");
}

static bool is_language(Str text)
{
    return (text.len == 2 || text.len == 3) && is_made_of(text, 0, is_lower, "");
}

static bool is_zone(Str text)
{
    Str rest = text;
    size_t parts = 0;
    if (str_is(text, "UTC")) return true;
    for (; rest.len; parts++) {
        Str part = str_cut(&rest, '/');
        if (part.len == 0 || !is_upper(part.ptr[0]) ||
            !is_made_of(part, 0, is_letter_or_digit, "_+-"))
            return false;
    }
    return parts >= 2 && parts <= 3 && text.len <= ID_BYTES_MAX && text.ptr[text.len - 1] != '/';
}

static bool is_role(Str text)
{
    int bit = role_bit(text);
    return bit >= 0 && bit != ROLE_POST_BIT;
}

static bool is_maker(Str text)
{
    return role_bit(text) >= 0;
}

/* Roles with "," between: one of them signs. `others`: people without a role may stand there too.
 */
static bool is_signer_group(Str group, bool others)
{
    if (group.len == 0 || group.ptr[group.len - 1] == ',') return false;
    while (group.len) {
        Str name = str_cut(&group, ',');
        if (!is_role(name) && !(others && is_pack(name))) return false;
    }
    return true;
}

/* Groups with "+" between, or "state"; " both" after them when each side signs. The first group
 * signs in the program, so it is made of roles. */
static bool is_signers(Str text)
{
    Str rest = str_has_suffix(text, " both") ? (Str){text.ptr, text.len - 5} : text;
    if (str_is(rest, "state")) return true;
    if (rest.len == 0 || rest.ptr[rest.len - 1] == '+') return false;
    for (bool first = true; rest.len; first = false)
        if (!is_signer_group(str_cut(&rest, '+'), !first)) return false;
    return true;
}

static bool is_document(Str text)
{
    return text.len == 5 && str_has_prefix(text, "DOC") && is_digit(text.ptr[3]) &&
           is_digit(text.ptr[4]);
}

static bool is_value_id(Str text)
{
    return text.len == 3 && text.ptr[0] == 'X' && is_digit(text.ptr[1]) && is_digit(text.ptr[2]);
}

static bool is_clock_id(Str text)
{
    return (text.len == 3 || (text.len == 4 && is_lower(text.ptr[3]))) && is_upper(text.ptr[0]) &&
           text.ptr[0] != 'X' && is_digit(text.ptr[1]) && is_digit(text.ptr[2]);
}

static bool is_state(Str text)
{
    return text.len && text.len <= 32 && is_made_of(text, 0, is_upper, "_");
}

static bool is_outcome(Str text)
{
    return text.len == 2 && text.ptr[0] == 'O' && text.ptr[1] >= '1' && text.ptr[1] <= '7';
}

static bool is_field(Str text)
{
    return text.len && text.len <= ID_BYTES_MAX && is_lower(text.ptr[0]) &&
           text.ptr[text.len - 1] != '.' && is_made_of(text, 0, is_lower, "0123456789_.");
}

static bool is_kind(Str text)
{
    return text.len && text.len <= ID_BYTES_MAX && is_lower(text.ptr[0]) &&
           text.ptr[text.len - 1] != '.' && is_made_of(text, 0, is_lower, "_.");
}

/* "act.agreed": parts with dots between. */
static bool is_text_name(Str text)
{
    Str rest = text, first = str_cut(&rest, '.');
    if (first.len == 0 || !is_made_of(first, 0, is_lower, "") || rest.len == 0 ||
        text.ptr[text.len - 1] == '.')
        return false;
    const char *marks = str_is(first, "zone") ? "_/+-" : "_"; /* zones have names of their own */
    while (rest.len) {
        Str part = str_cut(&rest, '.');
        if (part.len == 0 || !is_made_of(part, 0, is_letter_or_digit, marks)) return false;
    }
    return true;
}

/* P3D or PT48H: one unit, and longer than nothing. */
static bool is_duration(Str text)
{
    struct duration d;
    bool days = text.len && text.ptr[text.len - 1] == 'D';
    size_t at = days ? 1 : 2;
    if (!duration_parse(text, &d) || text.len > (days ? 6u : 8u) || text.ptr[at] == '0')
        return false;
    Str number = {text.ptr + at, text.len - at - 1};
    return is_made_of(number, 0, is_digit, "") && text.ptr[text.len - 1] != 'S' &&
           text.ptr[text.len - 1] != 'W';
}

static bool is_limit(Str text)
{
    return is_clock_id(text) || is_duration(text);
}

static bool is_day(Str text)
{
    Day day;
    return day_parse(text, &day);
}

/* 29 February may be a holiday, so any leap year tells. */
static bool is_month_and_day(Str text)
{
    char whole[] = "2024-00-00";
    if (text.len != 5) return false;
    memcpy(whole + 5, text.ptr, 5);
    return is_day(str_of(whole));
}

static bool is_event(Str text)
{
    Str name = str_cut(&text, ':');
    if (str_is(name, "duty_passed")) return is_clock_id(text);
    if (str_is(name, "meetings"))
        return text.len == 1 && text.ptr[0] >= '2' && is_digit(text.ptr[0]);
    return text.ptr == NULL && (str_is(name, "both_signed") || str_is(name, "act_effective") ||
                                str_is(name, "discovery"));
}

static bool is_number(Str text)
{
    Str whole = str_cut(&text, '.');
    return whole.len && whole.len <= 9 && is_made_of(whole, 0, is_digit, "") &&
           (text.ptr == NULL || (text.len && text.len <= 9 && is_made_of(text, 0, is_digit, "")));
}

static const struct sort sorts[] = {
    {"line", is_line,
     "Write a text of 1 to 500 characters on one line, without blanks at its ends."},
    {"free", is_free, "Write a text of at most 500 characters on one line; it may be empty."},
    {"id", is_id, "Write 1 to 64 letters, digits, \"_\", \".\" or \"-\", a letter or digit first."},
    {"pack", is_pack, "Write 1 to 32 small letters, digits or \"-\", a letter first."},
    {"party", is_party, "Write 1 to 16 small letters or digits, a letter first."},
    {"language", is_language,
     "Write a language code of two or three small letters, such as \"lv\"."},
    {"zone", is_zone, "Write the name of a time zone such as \"Europe/Riga\", or \"UTC\"."},
    {"role", is_role, "Write a role from \"R1\" to \"R15\"."},
    {"maker", is_maker, "Write a role from \"R1\" to \"R15\", or \"post\"."},
    {"signers", is_signers,
     "Say who signs: \"R1,R2\" is one of the roles, \"R3+R5\" each of them, \"R1,R2+doctor\" "
     "one of the roles and a doctor, with \" both\" after them when each side signs; or "
     "\"state\"."},
    {"signer", is_pack, "Write a name of small letters such as \"doctor\"."},
    {"document", is_document, "Write a document such as \"DOC05\"."},
    {"value", is_value_id, "Write a value such as \"X03\"."},
    {"clock", is_clock_id,
     "Name it with a capital letter other than X and two digits, such as \"D05\"."},
    {"state", is_state, "Write a state in capital letters and \"_\", such as \"ACT_PENDING\"."},
    {"outcome", is_outcome, "Write an outcome from \"O1\" to \"O7\"."},
    {"field", is_field, "Write the name of a field in small letters, such as \"noticed_at\"."},
    {"kind", is_kind, "Write the name of a kind in small letters, such as \"notice.sent\"."},
    {"duration", is_duration,
     "Write a duration in days, hours or minutes, such as \"P3D\", \"PT48H\" or \"PT30M\", longer "
     "than nothing."},
    {"limit", is_limit, "Write a deadline such as \"D05\", or a duration such as \"PT30M\"."},
    {"day", is_day, "Write a day that exists, as year, month and day: \"2026-01-02\"."},
    {"month_and_day", is_month_and_day, "Write a real month and day, such as \"11-18\"."},
    {"event", is_event,
     "Write one of: discovery, both_signed, act_effective, duty_passed:D11, meetings:2."},
    {"text_name", is_text_name,
     "Name it by what it is about, with a dot between, such as \"act.agreed\"."},
    {"number", is_number, "Write a number as text, such as \"2.5\"."},
};

/* "1..9": a whole number in that range. */
static bool is_in_range(Str sort, const json_t *v)
{
    char *after;
    long long least = strtoll(sort.ptr, &after, 10), most = strtoll(after + 2, NULL, 10);
    return json_is_integer(v) && json_integer_value(v) >= least && json_integer_value(v) <= most;
}

/* One of the words with "|" between, or the one word after "=". */
static bool is_one_of(Str words, const json_t *v)
{
    if (words.len && words.ptr[0] == '=') (void)str_cut(&words, '=');
    while (words.len) {
        Str word = str_cut(&words, '|');
        if (json_is_string(v) && str_is(word, json_string_value(v))) return true;
    }
    return false;
}

static bool is_range(Str sort)
{
    return memmem(sort.ptr, sort.len, "..", 2) != NULL;
}

static bool is_choice(Str sort)
{
    return memchr(sort.ptr, '|', sort.len) || memchr(sort.ptr, '=', sort.len);
}

static const struct sort *sort_of(Str name)
{
    for (size_t i = 0; i < COUNT_OF(sorts); i++)
        if (str_is(name, sorts[i].name)) return &sorts[i];
    return NULL;
}

bool check_fits(Str sort, const json_t *v)
{
    if (str_is(sort, "flag")) return json_is_boolean(v);
    if (is_range(sort)) return is_in_range(sort, v);
    if (is_choice(sort)) return is_one_of(sort, v);
    const struct sort *of = sort_of(sort);
    return of && json_is_string(v) && of->fits((Str){json_string_value(v), json_string_length(v)});
}

/* "a, b, c" of "a|b|c", and "a" of "=a". */
static Str choices(struct checking *k, Str sort)
{
    Str words = STR(""), rest = sort;
    if (sort.ptr[0] == '=') (void)str_cut(&rest, '=');
    while (rest.len) {
        Str word = str_cut(&rest, '|');
        words =
            check_place(k, "%.*s%s\"%.*s\"", STR_ARG(words), words.len ? ", " : "", STR_ARG(word));
    }
    return words;
}

void check_value(struct checking *k, Str sort, const json_t *v, Str place)
{
    const struct sort *of = sort_of(sort);
    Str words;
    if (check_fits(sort, v)) return;
    if (str_is(sort, "flag"))
        check_note(k, place, "Write true or false, without quotation marks.");
    else if (is_range(sort))
        check_note(k, place, "Write a whole number, %.*s.", STR_ARG(sort));
    else if (of)
        check_note(k, place, "%s", of->mend);
    else if ((words = choices(k, sort)).ptr)
        check_note(k, place, "Write %s%.*s.", memchr(words.ptr, ',', words.len) ? "one of: " : "",
                   STR_ARG(words));
}
