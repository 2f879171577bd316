/* app/play.h - plays a scenario on fresh posts with a simulated clock, through the functions every
 * user goes through, and checks what it expects (facts.md 4). */
#pragma once
#include "app/scenario.h"

/* One step, when it is over. */
struct play_line {
    size_t number;
    Instant at;
    bool passed;
    Str text;    /* what was done, by whom */
    Str problem; /* empty when it passed */
};

struct play_options {
    const char *folder;  /* an existing folder: the posts are made in it, one folder a party */
    const char *scratch; /* an existing folder for what is needed only while playing */
    bool dossiers;       /* leave <party>-<case number>.zip in `folder` */
    void (*line)(void *ctx, const struct play_line *line);
    void *ctx;
};

struct play_case {
    Str name, number;
};

struct play_result {
    uint64_t passed, failed; /* each step counts, and each key of an expectation */
    struct play_case *cases;
    size_t case_count;
};

/* OK also when steps failed: the result tells. Anything else means that there was no play. */
MUST_USE Status play_run(struct scope *s, const struct scenario *sc, const struct play_options *o,
                         struct play_result *out);
