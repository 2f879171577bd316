/* paper/container.h - the ZIP that carries a dossier. Written the same way every time (stored, in
 * the order given, one fixed date); read strictly. Large members stream between descriptors. */
#pragma once
#include "base/hash.h"
#include "base/scope.h"

enum { CONTAINER_NAME_MAX = 200, CONTAINER_MEMBERS_MAX = 200000 };

/* Gives the bytes from `at` on, as many as suit it, none at the end; valid until the next call. */
struct container_source {
    Status (*read)(void *ctx, struct scope *s, uint64_t at, Bytes *out);
    void *ctx;
};

struct container_member {
    Str name;
    uint64_t size;
    Bytes bytes;  /* the content, unless `from_fd`; after reading NULL when it was not kept */
    bool from_fd; /* the content is read from `fd`: a file from its start, or a pipe */
    int fd;
    const struct container_source *source; /* the content comes from here; NULL: from the above */
    bool is_hashed; /* `sha256` is known; writing fails when the content does not agree */
    Hash sha256;
};

struct container_limits {
    size_t members_max;
    uint64_t member_bytes_max, total_bytes_max;
    size_t keep_bytes_max; /* members up to this size come back with their bytes, */
    const char *not_kept;  /* but none that has this in its name; NULL: all */
};

/* Lower and upper case letters, digits and "._-" in segments parted by "/": a name that every
 * system unpacks to the same place. ERR_SCHEMA otherwise. */
MUST_USE Status container_name_check(struct scope *s, Str name);

/* Names sound and different, also for systems that do not tell upper from lower case
 * (ERR_SCHEMA, ERR_DUPLICATE). */
MUST_USE Status container_names_check(struct scope *s, const struct container_member *members,
                                      size_t count);

/* Fills in `sha256` of members that lack it. A pipe cannot be read twice and needs its own. */
MUST_USE Status container_hash(struct scope *s, struct container_member *members, size_t count);

/* ERR_DISK when a source is shorter, longer or other than said. */
MUST_USE Status container_write(struct scope *s, const struct container_member *members,
                                size_t count, size_t bytes_max, Bytes *out);
MUST_USE Status container_write_fd(struct scope *s, const struct container_member *members,
                                   size_t count, int fd);

/* All members in the order of the directory, each with size and SHA-256. ERR_USAGE when this is no
 * ZIP, ERR_SCHEMA when it is broken or holds what a dossier never does, ERR_LIMIT. */
MUST_USE Status container_read(struct scope *s, Bytes zip, const struct container_limits *limits,
                               struct container_member **out, size_t *out_count);
MUST_USE Status container_read_fd(struct scope *s, int fd, const struct container_limits *limits,
                                  struct container_member **out, size_t *out_count);

/* Writes the content of one member to `to_fd`; ERR_NOT_FOUND. */
MUST_USE Status container_extract(struct scope *s, int fd, Str name, uint64_t bytes_max, int to_fd);
