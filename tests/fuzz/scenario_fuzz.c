/* Scenarios: the reader takes a text or says why not, and what it takes keeps its own limits. */
#include "app/scenario.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    struct scenario sc = {0};
    if (s == NULL) return 1;
    Status status = scenario_read(s, bytes_of(data, size), &sc);
    assert(status == OK || status == ERR_USAGE || status == ERR_LIMIT || status == ERR_SCHEMA);
    if (status == OK) {
        assert(sc.party_count <= SCENARIO_PARTIES_MAX && sc.step_count <= SCENARIO_STEPS_MAX);
        for (size_t i = 0; i < sc.step_count; i++) {
            const struct scenario_step *step = &sc.steps[i];
            assert(step->number == i + 1 && step->word.ptr != NULL);
            assert(i == 0 || step->goes_back || step->at.us >= sc.steps[0].at.us);
            for (size_t n = 0; n < step->expect_count; n++)
                assert(step->expect[n].key < EXPECT_COUNT && step->expect[n].value != NULL);
        }
        scenario_close(&sc);
    } else {
        assert(scope_reason(s)[0] != '\0');
    }
    scope_close(s);
    return 0;
}
