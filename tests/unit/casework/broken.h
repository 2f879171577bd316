/* tests/unit/casework/broken.h - the files of a pack, broken one way at a time, and what the check
 * finds. Decides nothing that is tested. */
#pragma once
#include "core/casework/check.h"
#include "stage.h"

enum { TEXT_FILES = 4 };

struct files {
    struct scope *s;
    Bytes kinds, known, pack;
    struct pack_text texts[TEXT_FILES];
};

/* The files of a pack of packs/; the caller closes the scope. */
struct files files_open(const char *pack);

size_t files_check(const struct files *f, struct pack_finding **out);
void print_findings(const struct pack_finding *list, size_t count);

/* One way to break a file: `value` NULL removes the last step, "+" before it adds to the list
 * there. The finding must stand at `place` and its sentence hold `mend`. */
struct mutation {
    const char *path, *value, *place, *mend;
};

/* The text with one thing broken. */
Bytes mutated(struct scope *s, Bytes text, const struct mutation *m);

/* The broken file is found, at the place, with the sentence, and every finding can be printed on a
 * line. */
void assert_found(const struct files *f, const struct mutation *m);
