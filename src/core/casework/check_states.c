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
        const char *have = json_string_value(json_object_get(item, "id"));
        if (have && id && strcmp(have, id) == 0) return i;
    }
    return json_array_size(states);
}

/* Marks all that can be reached from DRAFT, by going round until nothing new is found. */
static void reach(const json_t *states, bool reached[static STATES_MAX])
{
    size_t count = json_array_size(states), n;
    json_t *next;
    size_t first = state_index(states, "DRAFT");
    if (first < count) reached[first] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < count; i++) {
            if (!reached[i]) continue;
            json_array_foreach(json_object_get(json_array_get(states, i), "may_go_to"), n, next)
            {
                size_t to = state_index(states, json_string_value(next));
                if (to < count && !reached[to]) changed = reached[to] = true;
            }
        }
    }
}

static void state_check(struct checking *k, const json_t *states, const json_t *state, bool reached)
{
    size_t n;
    json_t *next;
    const char *id = json_string_value(json_object_get(state, "id"));
    const json_t *ways = json_object_get(state, "may_go_to");
    if (id == NULL) return;
    Str place = check_place(k, "states[%s].may_go_to", id);
    json_array_foreach((json_t *)(uintptr_t)ways, n,
                       next) if (state_index(states, json_string_value(next)) ==
                                 json_array_size(states))
        check_note(k, place, "State \"%s\" does not stand in the list; add it or mend the name.",
                   json_string_value(next) ? json_string_value(next) : "?");
    if (json_array_size(ways) == 0 && !is_end(id))
        check_note(k, place, "Give it a way out: a case would stay here for ever.");
    if (!reached) check_note(k, place, "Let some state go to it: no case can come here.");
}

void check_states(struct checking *k)
{
    const json_t *states = json_object_get(k->pack, "states");
    const json_t *outcomes = json_object_get(k->pack, "outcomes");
    bool reached[STATES_MAX] = {false};
    size_t i;
    json_t *item;
    if (!json_is_array(states)) return;
    if (json_array_size(states) > STATES_MAX) {
        check_note(k, STR("states"), "Keep to %d states at most.", STATES_MAX);
        return;
    }
    for (int n = 0; n < STATE_COUNT; n++)
        if (!check_find(states, case_state_name((enum case_state)n)))
            check_note(k, STR("states"), "Add the state %s: a case can come there.",
                       case_state_name((enum case_state)n));
    reach(states, reached);
    json_array_foreach((json_t *)(uintptr_t)states, i, item)
        state_check(k, states, item, reached[i]);
    json_array_foreach((json_t *)(uintptr_t)outcomes, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        const char *state = json_string_value(json_object_get(item, "state"));
        if (id && !check_find(states, state))
            check_note(k, check_place(k, "outcomes[%s].state", id), "Name a state of the list.");
    }
}
