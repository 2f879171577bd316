/* States, outcomes and the ways between them. Declared in check_notes.h. */
#include "core/casework/case.h"
#include "core/casework/check_notes.h"

enum { STATES_MAX = 64 };

static bool is_end(const char *id)
{
    return strcmp(id, "CLOSED") == 0 || strcmp(id, "ARCHIVED") == 0 || strcmp(id, "DROPPED") == 0;
}

/* Index of a state in the list, or the list's length. */
static size_t state_index(const json_t *states, const char *id)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)states, i, item)
    {
        const char *have = check_text(item, "id");
        if (have && id && strcmp(have, id) == 0) return i;
    }
    return json_array_size(states);
}

/* One way from state `from`: is it the first of its kind to add something? Forward marks where it
 * leads; backward marks `from` when it leads to a marked state. */
static bool follow(const json_t *states, size_t from, bool forward, bool marked[static STATES_MAX])
{
    size_t count = json_array_size(states), n;
    bool changed = false;
    json_t *next;
    json_array_foreach(json_object_get(json_array_get(states, from), "may_go_to"), n, next)
    {
        size_t to = state_index(states, json_string_value(next));
        size_t tail = forward ? from : to, head = forward ? to : from;
        if (to < count && marked[tail] && !marked[head]) changed = marked[head] = true;
    }
    return changed;
}

/* Marks all that the ways reach from what is marked, by going round until nothing new is found. */
static void spread(const json_t *states, bool forward, bool marked[static STATES_MAX])
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < json_array_size(states); i++)
            changed = follow(states, i, forward, marked) || changed;
    }
}

static void state_check(struct checking *k, const json_t *state, bool reached, bool ends, Str place)
{
    const char *id = check_text(state, "id");
    const json_t *ways = json_object_get(state, "may_go_to");
    Str at = check_place(k, "%.*s.may_go_to", STR_ARG(place));
    if (id == NULL) return;
    check_names(k, state, "may_go_to", "states", place);
    if (json_array_size(ways) == 0 && !is_end(id))
        check_note(k, at, "Give it a way out: a case would stay here for ever.");
    else if (!ends)
        check_note(k, at,
                   "Give it a way that leads to CLOSED, ARCHIVED or DROPPED in the end: a "
                   "case would never be over.");
    if (!reached)
        check_note(k, at, "Let a state that DRAFT leads to go to %s: no case can come here.",
                   check_quote(k, id));
}

static void ways_check(struct checking *k, const json_t *states)
{
    bool reached[STATES_MAX] = {false}, ends[STATES_MAX] = {false};
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)states, i, item)
    {
        const char *id = check_text(item, "id");
        reached[i] = id && strcmp(id, "DRAFT") == 0;
        ends[i] = id && is_end(id);
    }
    spread(states, true, reached);
    spread(states, false, ends);
    json_array_foreach((json_t *)(uintptr_t)states, i, item)
        state_check(k, item, reached[i], ends[i], check_place_of(k, STR("states"), item, i + 1));
}

/* The state that an effective conclusion with this outcome gives (facts.md 3); O5 and O6 are words
 * of one side, and so is its closing. */
static void outcomes_check(struct checking *k)
{
    static const char *const gives[][2] = {
        {"O1", "SETTLED"},    {"O2", "NOT_CONFIRMED"}, {"O3", "SPLIT"},  {"O4", "SPLIT"},
        {"O5", "UNILATERAL"}, {"O6", "UNILATERAL"},    {"O7", "SETTLED"}};
    const json_t *outcomes = json_object_get(k->pack, "outcomes");
    size_t i, n;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)outcomes, i, item)
    {
        const char *id = check_text(item, "id"), *state = check_text(item, "state");
        for (n = 0; id && state && n < COUNT_OF(gives); n++)
            if (strcmp(gives[n][0], id) == 0 && strcmp(gives[n][1], state) != 0)
                check_note(k,
                           check_place(k, "%.*s.state",
                                       STR_ARG(check_place_of(k, STR("outcomes"), item, i + 1))),
                           "Write \"%s\": that is what the program makes of %s.", gives[n][1], id);
    }
}

void check_states(struct checking *k)
{
    const json_t *states = json_object_get(k->pack, "states");
    outcomes_check(k);
    if (!json_is_array(states)) return;
    if (json_array_size(states) > STATES_MAX) {
        check_note(k, STR("states"), "Keep to %d states at most.", STATES_MAX);
        return;
    }
    for (int n = 0; n < STATE_COUNT; n++)
        if (!check_find(states, case_state_name((enum case_state)n)))
            check_note(k, STR("states"), "Add the state %s: a case can come there.",
                       case_state_name((enum case_state)n));
    ways_check(k, states);
}
