/* paper/bag.h - a dossier as a BagIt 1.0 bag (RFC 8493) with SHA-256 manifests, written one way
 * only and checked by rebuilding what would have been written. */
#pragma once
#include "base/instant.h"
#include "paper/container.h"

#define BAG_DECLARATION  "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
#define BAG_MANIFEST     "manifest-sha256.txt"
#define BAG_TAG_MANIFEST "tagmanifest-sha256.txt"

struct bag_info {
    const char *label; /* for example "External-Identifier"; RFC 8493, 2.2.2 */
    Str value;         /* one line */
};

struct bag {
    Str base; /* the folder of the bag inside the ZIP; empty: none */
    Day made;
    const struct bag_info *info;
    size_t info_count;
};

/* The members of the bag in their order: the four tag files BagIt asks for, then all given ones by
 * name. What is under data/ is payload, the rest are tag files. Hashes are filled in. */
MUST_USE Status bag_build(struct scope *s, const struct bag *bag, struct container_member *members,
                          size_t count, struct container_member **out, size_t *out_count);

/* Does the member (without folder) belong to the payload, not to the tag files? */
bool bag_is_payload(Str name);

/* Text of a manifest over hashed members that are sorted by name: lower-case hex, two blanks, name,
 * line feed. The tag manifest lists all tag files but itself. */
MUST_USE Status bag_manifest(struct scope *s, const struct container_member *members, size_t count,
                             bool of_payload, Str *out);

/* Octets and number of payload files, "octets.count"; {NULL, 0} without memory. */
Str bag_oxum(struct scope *s, const struct container_member *members, size_t count);

struct bag_verdict {
    Str base;                         /* folder of the bag, or empty */
    struct container_member *members; /* without the folder, by name */
    size_t count;
    Str *problems; /* sentences; none: the bag is whole */
    size_t problem_count;
};

enum { BAG_PROBLEMS_MAX = 50, BAG_MANIFEST_MAX = 64 * 1024 * 1024 };

/* Everything that is wrong with the bag (the first BAG_PROBLEMS_MAX), in words. `members` are
 * hashed, and the tag files BagIt asks for came with their bytes. Fails only without memory. */
MUST_USE Status bag_examine(struct scope *s, const struct container_member *members, size_t count,
                            struct bag_verdict *out);

/* ERR_PROOF with the first problem. */
MUST_USE Status bag_check(struct scope *s, const struct container_member *members, size_t count);
