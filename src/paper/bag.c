#include "paper/bag.h"
#include "base/writer.h"
#include <stdlib.h>

/* What is written; foreign bags are examined in bag_examine.c. */

enum { INFO_LINES_MAX = 40, INFO_VALUE_MAX = 1000, OWN_FILES = 4 };

bool bag_is_payload(Str name)
{
    return str_has_prefix(name, "data/");
}

static bool is_own(Str name)
{
    return str_is(name, "bagit.txt") || str_is(name, "bag-info.txt") ||
           str_is(name, BAG_MANIFEST) || str_is(name, BAG_TAG_MANIFEST);
}

static int member_order(const void *a, const void *b)
{
    return str_compare(((const struct container_member *)a)->name,
                       ((const struct container_member *)b)->name);
}

Status bag_manifest(struct scope *s, const struct container_member *members, size_t count,
                    bool of_payload, Str *out)
{
    struct writer w = writer_open(s, BAG_MANIFEST_MAX);
    for (size_t i = 0; i < count; i++) {
        Str name = members[i].name;
        if (bag_is_payload(name) != of_payload || str_is(name, BAG_TAG_MANIFEST)) continue;
        write_hex(&w, hash_bytes(&members[i].sha256));
        write_str(&w, STR("  "));
        write_str(&w, name);
        write_str(&w, STR("\n"));
    }
    return writer_close_str(&w, out);
}

Str bag_oxum(struct scope *s, const struct container_member *members, size_t count)
{
    uint64_t octets = 0;
    size_t files = 0;
    for (size_t i = 0; i < count; i++) {
        if (!bag_is_payload(members[i].name)) continue;
        octets += members[i].size;
        files++;
    }
    return scope_print(s, "%llu.%zu", (unsigned long long)octets, files);
}

static Status info_write(struct scope *s, const struct bag *bag,
                         const struct container_member *members, size_t count, Str *out)
{
    if (bag->info_count > INFO_LINES_MAX)
        return fail(s, ERR_LIMIT, "a bag says at most %d things about itself", INFO_LINES_MAX);
    struct writer w = writer_open(s, INFO_LINES_MAX * (INFO_VALUE_MAX + CONTAINER_NAME_MAX));
    for (size_t i = 0; i < bag->info_count; i++) {
        Str value = bag->info[i].value;
        if (value.len > INFO_VALUE_MAX || !str_is_text(value) || memchr(value.ptr, '\n', value.len))
            return fail(s, ERR_SCHEMA, "%s of a bag is one line of text", bag->info[i].label);
        write_print(&w, "%s: %.*s\n", bag->info[i].label, STR_ARG(value));
    }
    write_print(&w, "Bagging-Date: %04d-%02u-%02u\n", (int)bag->made.year, bag->made.month,
                bag->made.day);
    Str sum = bag_oxum(s, members, count);
    if (sum.ptr == NULL) return ERR_MEMORY;
    write_print(&w, "Payload-Oxum: %.*s\n", STR_ARG(sum));
    return writer_close_str(&w, out);
}

static struct container_member tag_file(const char *name, Str text)
{
    Bytes bytes = str_bytes(text);
    return (struct container_member){.name = str_of(name),
                                     .size = bytes.len,
                                     .bytes = bytes,
                                     .fd = -1,
                                     .is_hashed = true,
                                     .sha256 = hash_of(bytes)};
}

static Status base_add(struct scope *s, Str base, struct container_member *members, size_t count)
{
    if (base.len == 0) return OK;
    TRY(container_name_check(s, base));
    for (size_t i = 0; i < count; i++) {
        members[i].name = scope_print(s, "%.*s/%.*s", STR_ARG(base), STR_ARG(members[i].name));
        if (members[i].name.ptr == NULL) return ERR_MEMORY;
    }
    return container_names_check(s, members, count);
}

Status bag_build(struct scope *s, const struct bag *bag, struct container_member *members,
                 size_t count, struct container_member **out, size_t *out_count)
{
    for (size_t i = 0; i < count; i++)
        if (is_own(members[i].name))
            return fail(s, ERR_USAGE, "the bag writes %.*s itself", STR_ARG(members[i].name));
    TRY(container_names_check(s, members, count));
    TRY(container_hash(s, members, count));
    struct container_member *all = scope_array(s, count + OWN_FILES, sizeof *all);
    if (all == NULL) return ERR_MEMORY;
    struct container_member *given = all + OWN_FILES;
    if (count) memcpy(given, members, count * sizeof *given);
    qsort(given, count, sizeof *given, member_order);
    Str info, manifest, tags;
    TRY(info_write(s, bag, given, count, &info));
    TRY(bag_manifest(s, given, count, true, &manifest));
    all[0] = tag_file("bagit.txt", STR(BAG_DECLARATION));
    all[1] = tag_file("bag-info.txt", info);
    all[2] = tag_file(BAG_MANIFEST, manifest);
    /* The tag manifest lists by name, the ZIP begins with what explains it. */
    struct container_member *sorted = scope_array(s, count + OWN_FILES, sizeof *sorted);
    if (sorted == NULL) return ERR_MEMORY;
    memcpy(sorted, all, 3 * sizeof *all);
    if (count) memcpy(sorted + 3, given, count * sizeof *given);
    qsort(sorted, count + 3, sizeof *sorted, member_order);
    TRY(bag_manifest(s, sorted, count + 3, false, &tags));
    all[3] = tag_file(BAG_TAG_MANIFEST, tags);
    TRY(base_add(s, bag->base, all, count + OWN_FILES));
    *out = all;
    *out_count = count + OWN_FILES;
    return OK;
}
