/* JSON from outside: what jansson takes is well formed to the scan that needs no memory, and while
 * there is memory nothing is refused for want of it; what is taken can be written again. */
#include "base/json.h"
#include "base/json_form.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 16 << 20, TEXT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    AUTO_JSON json_t *json = NULL;
    AUTO_JSON json_t *again = NULL;
    Bytes input = bytes_of(data, size);
    Str text, same;
    enum json_form form = json_form(input, JSON_DEPTH_MAX);
    Status status = json_read(s, input, TEXT_MAX, "fuzz", &json);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_LIMIT);
    assert(status != OK || form == JSON_IS_WELL_FORMED);
    assert(form != JSON_IS_TOO_DEEP || status == ERR_LIMIT);
    if (status == OK) {
        Status written = json_write(s, json, &text);
        assert(written == OK);
        written = json_read(s, str_bytes(text), 8 * TEXT_MAX, "fuzz", &again);
        assert(written == OK && json_equal(json, again));
        written = json_write(s, again, &same);
        assert(written == OK && str_eq(text, same));
    }
    scope_close(s);
    return 0;
}
