/* Checks a dossier from its files alone. Declared in app/paper.h. */
#include "app/verify.h"
#include "os/file.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEEP_BYTES_MAX = 16 << 20, SENTENCE_MAX = 1000 };

static void line_add(struct verify *v, bool passed, Status reason, const char *format, va_list args)
{
    char sentence[SENTENCE_MAX];
    int len = vsnprintf(sentence, sizeof sentence, format, args);
    if (len < 0 || (passed && v->line_count == LINES_MAX)) return;
    if ((size_t)len >= sizeof sentence) len = (int)sizeof sentence - 1;
    Str text = scope_str(v->s, (Str){sentence, (size_t)len});
    /* However much passed before it, a failure is told. */
    if (v->line_count == LINES_MAX) v->line_count--;
    v->lines[v->line_count++] =
        (struct check_line){.passed = passed, .reason = reason, .text = text};
}

void verify_pass(struct verify *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line_add(v, true, OK, format, args);
    va_end(args);
}

void verify_fail(struct verify *v, Status reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line_add(v, false, reason, format, args);
    va_end(args);
}

static int name_order(const void *key, const void *member)
{
    return str_compare(*(const Str *)key, ((const struct container_member *)member)->name);
}

const struct container_member *verify_member(struct verify *v, Str name)
{
    if (name.ptr == NULL || v->bag.count == 0) return NULL;
    const struct container_member *m =
        bsearch(&name, v->bag.members, v->bag.count, sizeof *m, name_order);
    if (m) v->used[m - v->bag.members] = true;
    return m;
}

bool verify_index(Str name, const char *folder, Str party, const char *suffix, uint64_t *out)
{
    size_t lead = strlen(folder) + party.len + 1, tail = strlen(suffix);
    if (name.len <= lead + tail || !str_has_prefix(name, folder) || !str_has_suffix(name, suffix))
        return false;
    if (memcmp(name.ptr + strlen(folder), party.ptr, party.len) != 0 || name.ptr[lead - 1] != '-')
        return false;
    return str_u64((Str){name.ptr + lead, name.len - lead - tail}, out);
}

static bool listed_parse(struct verify *v, Str line, struct listed *out)
{
    struct fact_ref ref;
    Str rest = line;
    if (!str_is(str_cut(&rest, ' '), "fact")) return false;
    Str name = str_cut(&rest, ' ');
    if (!fact_ref_parse(name, &ref) || ref.field.len || !str_u64(rest, &out->opening)) return false;
    if (!str_eq(ref.party, v->party[0]) && !str_eq(ref.party, v->party[1])) return false;
    out->side = str_eq(ref.party, v->party[1]);
    out->index = ref.index;
    return out->opening > 0;
}

static Str value_of(Str *rest, const char *name)
{
    Str line = str_cut(rest, '\n');
    return str_is(str_cut(&line, ' '), name) ? line : (Str){NULL, 0};
}

static int listed_order(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->side != y->side) return x->side < y->side ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* dossier.txt: which case, whose, by which pack, and the entries with their opening numbers. */
static bool list_parse(struct verify *v, Str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] != '\n') return false;
    if (!str_is(str_cut(&text, '\n'), DOSSIER_LINE)) return false;
    v->number = value_of(&text, "case");
    Str parties = value_of(&text, "parties"), pack = value_of(&text, "pack");
    v->party[0] = str_cut(&parties, ' ');
    v->party[1] = parties;
    v->pack_id = str_cut(&pack, ' ');
    v->common_hex = value_of(&text, "common");
    if (v->number.len == 0 || !party_is_well_formed(v->party[0]) ||
        !party_is_well_formed(v->party[1]) || str_eq(v->party[0], v->party[1]) ||
        !hex_parse(pack, v->pack_digest.bytes, HASH_BYTES) || v->common_hex.len != 2 * HASH_BYTES)
        return false;
    while (text.len)
        if (!listed_parse(v, str_cut(&text, '\n'), &v->list[v->count++])) return false;
    qsort(v->list, v->count, sizeof *v->list, listed_order);
    for (size_t i = 1; i < v->count; i++)
        if (listed_order(&v->list[i - 1], &v->list[i]) == 0) return false;
    return v->count > 0;
}

static Status list_read(struct verify *v)
{
    const struct container_member *m = verify_member(v, STR("data/dossier.txt"));
    v->list = scope_array(v->s, m ? m->size / 8 + 1 : 1, sizeof *v->list);
    if (v->list == NULL) return ERR_MEMORY;
    v->stopped = m == NULL || m->bytes.ptr == NULL || !list_parse(v, bytes_str(m->bytes));
    if (v->stopped)
        verify_fail(v, ERR_SCHEMA,
                    "data/dossier.txt does not say which entries of which case this is");
    else
        verify_pass(v, "This is case %.*s between %.*s and %.*s, %zu entries.", STR_ARG(v->number),
                    STR_ARG(v->party[0]), STR_ARG(v->party[1]), v->count);
    return OK;
}

static Status container_open(struct verify *v, const char *path)
{
    AUTO_FILE int fd = -1;
    struct container_member *members;
    size_t count;
    struct container_limits limits = {.members_max = CONTAINER_MEMBERS_MAX,
                                      .member_bytes_max = UINT64_MAX / 4,
                                      .total_bytes_max = UINT64_MAX / 4,
                                      .keep_bytes_max = KEEP_BYTES_MAX,
                                      .not_kept = "/data/blobs/"};
    TRY(file_open_read(v->s, path, &fd));
    Status status = container_read_fd(v->s, fd, &limits, &members, &count);
    if (status == ERR_SCHEMA || status == ERR_DUPLICATE) {
        verify_fail(v, ERR_SCHEMA, "The ZIP is damaged: %s", scope_reason(v->s));
        v->stopped = true;
        return OK;
    }
    TRY(status);
    TRY(bag_examine(v->s, members, count, &v->bag));
    v->used = scope_array(v->s, v->bag.count + 1, sizeof *v->used);
    if (v->used == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < v->bag.problem_count; i++)
        verify_fail(v, ERR_PROOF, "The bag: %.*s", STR_ARG(v->bag.problems[i]));
    if (v->bag.problem_count == 0)
        verify_pass(v, "The bag is whole: %zu files, each as its manifests say.", v->bag.count);
    return OK;
}

static bool is_page(Str name)
{
    static const char *const tags[] = {"bagit.txt", "bag-info.txt", BAG_MANIFEST, BAG_TAG_MANIFEST};
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (str_is(name, tags[i])) return true;
    return str_has_prefix(name, "VERIFY.") && str_has_suffix(name, ".txt") &&
           memchr(name.ptr, '/', name.len) == NULL;
}

/* What nothing refers to must not be there: it would ride along on the checks of the rest. */
static void strays(struct verify *v)
{
    size_t strays = 0;
    for (size_t i = 0; i < v->bag.count; i++) {
        if (v->used[i] || is_page(v->bag.members[i].name)) continue;
        verify_fail(v, ERR_SCHEMA, "Nothing refers to the file %.*s.",
                    STR_ARG(v->bag.members[i].name));
        strays++;
    }
    if (strays == 0)
        verify_pass(
            v, "Nothing is in the dossier that nothing refers to. The pages VERIFY and the PDF "
               "files are for reading and were not compared with the entries.");
}

static Status verify_all(struct verify *v, const char *path, Str pinned)
{
    TRY(container_open(v, path));
    if (!v->stopped) TRY(list_read(v));
    if (!v->stopped) TRY(verify_cards(v));
    if (!v->stopped) TRY(verify_pack(v));
    if (v->stopped) return OK;
    TRY(verify_powers(v));
    TRY(verify_pin(v, pinned));
    TRY(verify_journals(v));
    TRY(verify_officers(v));
    TRY(verify_facts(v));
    TRY(verify_case(v));
    strays(v);
    return OK;
}

Status dossier_verify(struct scope *s, const char *path, Str card, struct check_line **out,
                      size_t *out_count)
{
    struct verify *v = NEW(s, struct verify);
    if (v == NULL) return ERR_MEMORY;
    v->s = s;
    v->lines = scope_array(s, LINES_MAX, sizeof *v->lines);
    if (v->lines == NULL) return ERR_MEMORY;
    Status status = verify_all(v, path, card);
    pack_release(&v->pack);
    TRY(status);
    if (scope_has_lacked(s)) /* a bad verdict may be for want of memory */
        return fail(s, ERR_MEMORY, "the machine has no memory left for the check");
    *out = v->lines;
    *out_count = v->line_count;
    return OK;
}
