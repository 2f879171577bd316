#include "base/reader.h"
#include "paper/bag.h"
#include <stdlib.h>

static int member_order(const void *a, const void *b)
{
    return str_compare(((const struct container_member *)a)->name,
                       ((const struct container_member *)b)->name);
}

/* Nothing more is said once the list is full. */
static void problem_add(struct bag_verdict *v, Str sentence)
{
    if (v->problem_count < BAG_PROBLEMS_MAX && sentence.ptr)
        v->problems[v->problem_count++] = sentence;
}

static const struct container_member *member_find(const struct bag_verdict *v, Str name)
{
    struct container_member key = {.name = name};
    return v->count ? bsearch(&key, v->members, v->count, sizeof key, member_order) : NULL;
}

/* The folder that holds the bag: none when bagit.txt stands at the top (RFC 8493, 4 asks for one,
 * people who pack a bag again forget it). */
static Str base_of(const struct container_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(members[i].name, "bagit.txt")) return STR("");
    if (count == 0) return STR("");
    Str rest = members[0].name;
    Str first = str_cut(&rest, '/');
    return rest.ptr ? first : STR("");
}

static Status members_strip(struct scope *s, const struct container_member *members, size_t count,
                            struct bag_verdict *v)
{
    v->members = scope_array(s, count + 1, sizeof *v->members);
    v->problems = scope_array(s, BAG_PROBLEMS_MAX, sizeof *v->problems);
    if (v->members == NULL || v->problems == NULL) return ERR_MEMORY;
    v->base = base_of(members, count);
    size_t cut = v->base.len ? v->base.len + 1 : 0;
    for (size_t i = 0; i < count; i++) {
        Str name = members[i].name;
        bool is_inside = cut == 0 || (name.len > cut && name.ptr[cut - 1] == '/' &&
                                      memcmp(name.ptr, v->base.ptr, v->base.len) == 0);
        if (!is_inside) {
            problem_add(v,
                        scope_print(s, "%.*s stands outside the folder of the bag", STR_ARG(name)));
            continue;
        }
        struct container_member *m = &v->members[v->count++];
        *m = members[i];
        m->name = (Str){name.ptr + cut, name.len - cut};
        if (!m->is_hashed) problem_add(v, scope_print(s, "%.*s was not read", STR_ARG(m->name)));
    }
    qsort(v->members, v->count, sizeof *v->members, member_order);
    for (size_t i = 1; i < v->count; i++)
        if (str_eq(v->members[i - 1].name, v->members[i].name))
            problem_add(v, scope_print(s, "%.*s is there twice", STR_ARG(v->members[i].name)));
    return OK;
}

/* The text of a tag file that must be there; false with a problem said. */
static bool tag_text(struct scope *s, struct bag_verdict *v, const char *name, Str *out)
{
    const struct container_member *m = member_find(v, str_of(name));
    if (m == NULL) {
        problem_add(v, scope_print(s, "%s is missing", name));
        return false;
    }
    if (m->bytes.len != m->size) {
        problem_add(v, scope_print(s, "%s is larger than any dossier needs", name));
        return false;
    }
    *out = bytes_str(m->bytes);
    return true;
}

static void declaration_examine(struct scope *s, struct bag_verdict *v)
{
    Str text;
    if (tag_text(s, v, "bagit.txt", &text) && !str_eq(text, STR(BAG_DECLARATION)))
        problem_add(v, scope_print(s, "bagit.txt does not declare a BagIt 1.0 bag in UTF-8, letter "
                                      "for letter"));
}

/* What BagIt knows and a dossier never has: other digests, files to be fetched from elsewhere. */
static void strangers_examine(struct scope *s, struct bag_verdict *v)
{
    for (size_t i = 0; i < v->count; i++) {
        Str name = v->members[i].name;
        bool is_manifest =
            str_has_prefix(name, "manifest-") || str_has_prefix(name, "tagmanifest-");
        if (is_manifest && !str_is(name, BAG_MANIFEST) && !str_is(name, BAG_TAG_MANIFEST))
            problem_add(
                v, scope_print(s, "%.*s: only SHA-256 manifests are checked here", STR_ARG(name)));
        if (str_is(name, "fetch.txt"))
            problem_add(v, scope_print(s, "fetch.txt: a dossier holds everything itself"));
    }
}

static bool belongs(Str name, bool of_payload)
{
    return bag_is_payload(name) == of_payload && !str_is(name, BAG_TAG_MANIFEST);
}

/* One line "hash  name"; marks the member as listed. */
static void line_examine(struct scope *s, struct bag_verdict *v, const char *file, Str line,
                         bool of_payload, bool *listed)
{
    size_t digits = 2 * HASH_BYTES;
    bool is_line = line.len > digits + 2 && line.ptr[digits] == ' ' && line.ptr[digits + 1] == ' ';
    if (!is_line || !str_is_text(line)) {
        problem_add(
            v, scope_print(s, "%s has a line that is not a SHA-256, two blanks and a name", file));
        return;
    }
    Str name = {line.ptr + digits + 2, line.len - digits - 2};
    const struct container_member *m = member_find(v, name);
    if (m == NULL || !belongs(name, of_payload)) {
        problem_add(v, scope_print(s, "%s lists %.*s, which is not there", file, STR_ARG(name)));
        return;
    }
    size_t at = (size_t)(m - v->members);
    if (listed[at]) problem_add(v, scope_print(s, "%s lists %.*s twice", file, STR_ARG(name)));
    listed[at] = true;
    Hash said;
    if (!hex_parse((Str){line.ptr, digits}, said.bytes, HASH_BYTES))
        problem_add(v, scope_print(s, "%s: the SHA-256 of %.*s is not in lower-case hex", file,
                                   STR_ARG(name)));
    else if (!hash_eq(&said, &m->sha256))
        problem_add(v, scope_print(s, "%.*s was changed: its SHA-256 is not the one in %s",
                                   STR_ARG(name), file));
}

/* The manifest must be what we would write, byte for byte; if not, says where it differs. */
static Status manifest_examine(struct scope *s, struct bag_verdict *v, const char *file,
                               bool of_payload)
{
    Str found, rebuilt;
    if (!tag_text(s, v, file, &found)) return OK;
    TRY(bag_manifest(s, v->members, v->count, of_payload, &rebuilt));
    if (str_eq(found, rebuilt)) return OK;
    size_t before = v->problem_count;
    bool *listed = scope_array(s, v->count + 1, sizeof *listed);
    if (listed == NULL) return ERR_MEMORY;
    for (Str rest = found; rest.len && v->problem_count < BAG_PROBLEMS_MAX;) {
        Str line = str_cut(&rest, '\n');
        line_examine(s, v, file, line, of_payload, listed);
    }
    for (size_t i = 0; i < v->count && v->problem_count < BAG_PROBLEMS_MAX; i++)
        if (belongs(v->members[i].name, of_payload) && !listed[i])
            problem_add(v, scope_print(s, "%.*s is there, but %s does not list it",
                                       STR_ARG(v->members[i].name), file));
    if (v->problem_count == before)
        problem_add(v, scope_print(s,
                                   "%s is not written in the one way: sorted by name, one line "
                                   "feed after each line",
                                   file));
    return OK;
}

static void info_examine(struct scope *s, struct bag_verdict *v)
{
    Str text;
    if (!tag_text(s, v, "bag-info.txt", &text)) return;
    if (!str_is_text(text)) {
        problem_add(v, scope_print(s, "bag-info.txt is not UTF-8 text"));
        return;
    }
    Str sum = bag_oxum(s, v->members, v->count);
    size_t said = 0;
    while (text.len) {
        Str line = str_cut(&text, '\n');
        if (!str_has_prefix(line, "Payload-Oxum: ")) continue;
        said++;
        if (!str_eq((Str){line.ptr + 14, line.len - 14}, sum))
            problem_add(v, scope_print(s, "bag-info.txt counts the payload as %.*s, there is %.*s",
                                       (int)(line.len - 14), line.ptr + 14, STR_ARG(sum)));
    }
    if (said != 1) problem_add(v, scope_print(s, "bag-info.txt should count the payload once"));
}

Status bag_examine(struct scope *s, const struct container_member *members, size_t count,
                   struct bag_verdict *out)
{
    struct bag_verdict v = {0};
    TRY(members_strip(s, members, count, &v));
    declaration_examine(s, &v);
    strangers_examine(s, &v);
    TRY(manifest_examine(s, &v, BAG_MANIFEST, true));
    TRY(manifest_examine(s, &v, BAG_TAG_MANIFEST, false));
    info_examine(s, &v);
    *out = v;
    return OK;
}

Status bag_check(struct scope *s, const struct container_member *members, size_t count)
{
    struct bag_verdict v;
    TRY(bag_examine(s, members, count, &v));
    if (v.problem_count == 0) return OK;
    return fail(s, ERR_PROOF, "%.*s", STR_ARG(v.problems[0]));
}
