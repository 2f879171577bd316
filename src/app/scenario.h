/* app/scenario.h - a case that runs, as data: reads a scenario, closed at every level (facts.md 4).
 * Decides whether the text is one; never what happens in it. */
#pragma once
#include "base/instant.h"
#include "base/json.h"
#include "core/ledger/fact.h"

enum {
    SCENARIO_BYTES_MAX = 4 << 20,
    SCENARIO_STEPS_MAX = 5000,
    SCENARIO_PARTIES_MAX = 8,
    SCENARIO_LIST_MAX = 400,
    SCENARIO_APPROVERS_MAX = 8
};

struct scenario_officer {
    Str id, party, role, section, from, to, acts_for, name, post;
};

/* What a release opens and by whom. */
struct scenario_release {
    bool present;
    Str by;
    Str *approve;
    size_t approve_count;
    Str *fields; /* names, or "*" alone */
    size_t field_count;
    Str to, purpose, regime, basis, restrictions;
};

enum scenario_action {
    DO_EXPECT,
    DO_FACT,
    DO_SYNC,
    DO_COURIER,
    DO_LINK,
    DO_RESTART,
    DO_KILL,
    DO_RELEASE,
    DO_RECALL,
    DO_BACKUP,
    DO_RESTORE,
    DO_FORK,
    DO_TAMPER
};

/* What a value of an expectation looks like. */
enum expect_shape {
    SHAPE_TEXT,
    SHAPE_LEVEL,
    SHAPE_COUNT,
    SHAPE_YESNO,
    SHAPE_TEXTS,
    SHAPE_MAP,
    SHAPE_ACT
};

/* Keys of `expect` besides `party` and `case`. A text, and a value of a map, may be null: nothing;
 * a level may be a number, or yes or no. */
#define EXPECT_TABLE(X)                                                                            \
    X(EXPECT_STATE, "state", SHAPE_TEXT)                                                           \
    X(EXPECT_ESCALATED, "escalated", SHAPE_LEVEL)                                                  \
    X(EXPECT_CEILING, "above_ceiling", SHAPE_YESNO)                                                \
    X(EXPECT_OUTCOME, "outcome", SHAPE_TEXT)                                                       \
    X(EXPECT_HOLDER, "holder", SHAPE_MAP)                                                          \
    X(EXPECT_DUTIES, "duties", SHAPE_MAP)                                                          \
    X(EXPECT_FACTS_OWN, "facts_own", SHAPE_COUNT)                                                  \
    X(EXPECT_FACTS_THEIRS, "facts_theirs", SHAPE_COUNT)                                            \
    X(EXPECT_VISIBLE, "visible", SHAPE_TEXTS)                                                      \
    X(EXPECT_HIDDEN, "hidden", SHAPE_TEXTS)                                                        \
    X(EXPECT_ACT, "act", SHAPE_ACT)                                                                \
    X(EXPECT_MEASUREMENTS, "measurements", SHAPE_MAP)                                              \
    X(EXPECT_COMMON, "common_view_equal", SHAPE_YESNO)                                             \
    X(EXPECT_JOURNAL, "journal_size", SHAPE_COUNT)                                                 \
    X(EXPECT_COSIGNED, "cosigned_size", SHAPE_COUNT)                                               \
    X(EXPECT_ALARM, "alarm", SHAPE_TEXT)

enum expect_key {
#define X(id, name, shape) id,
    EXPECT_TABLE(X)
#undef X
        EXPECT_COUNT
};

struct expectation {
    enum expect_key key;
    const json_t *value;
};

/* As the scenario spells it. */
const char *expect_key_name(enum expect_key key);

struct scenario_step {
    size_t number; /* from 1 */
    Instant at;
    enum scenario_action action;
    Str word; /* what stands in `do`: for DO_FACT the kind */
    Str who, case_name, id;
    Str party, from, to, what, of, ground;
    bool link_up;
    bool goes_back; /* its `at` is earlier than the step before: refused with `usage`, as it says */
    struct name_value *fields;
    size_t field_count;
    struct scenario_release release;
    bool fails;
    Status reason;
    struct expectation *expect;
    size_t expect_count;
};

struct scenario {
    json_t *json; /* what expectations point into */
    Str title, pack;
    Str parties[SCENARIO_PARTIES_MAX];
    size_t party_count;
    struct scenario_officer *officers;
    size_t officer_count;
    struct scenario_step *steps;
    size_t step_count;
};

/* ERR_USAGE with a sentence naming the place: unknown keys, time that goes back, an `@id` that no
 * earlier step has, a party that does not play. Closed by scenario_close; all else lives in `s`. */
MUST_USE Status scenario_read(struct scope *s, Bytes text, struct scenario *out);

/* Releases the JSON, and with it what expectations point into. */
void scenario_close(struct scenario *sc);
