/* Signed notes, checkpoints, witness requests and verifier keys: whatever is taken can be written
 * again and is then the same. */
#include "core/ledger/witness.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 8 << 20 };

static void check_note(struct scope *s, Str input)
{
    struct note n;
    Str with_line;
    if (note_parse(s, input, &n) != OK) return;
    assert(n.signature_count > 0 && n.text.ptr == input.ptr && n.text.len < input.len);
    for (size_t i = 0; i < n.signature_count; i++) {
        const struct note_signature *one = &n.signatures[i];
        assert(key_name_is_valid(one->name));
        assert(note_find(&n, one->name, one->key_id) == one);
    }
    Status added = note_add_line(s, input, STR("\xE2\x80\x94 fuzz AAAAAQA=\n"), &with_line);
    assert(added == OK || added == ERR_LIMIT);
    if (added == OK) assert(str_has_suffix(with_line, " fuzz AAAAAQA=\n"));
}

static void check_checkpoint(struct scope *s, Str input)
{
    struct checkpoint cp;
    Str text;
    static const PublicKey key = {{1}};
    Instant at;
    if (checkpoint_parse(s, input, &cp) != OK) return;
    Status formed = checkpoint_text(s, cp.origin, cp.size, &cp.root, &text);
    assert(formed == OK && text.len <= cp.note.text.len);
    assert(memcmp(text.ptr, cp.note.text.ptr, text.len) == 0);
    assert(checkpoint_check(s, &cp, cp.origin, &key) == ERR_SIGNATURE);
    assert(cosignature_check(s, &cp, cp.origin, &key, &at) == ERR_SIGNATURE);
}

static void check_request(struct scope *s, Str input)
{
    struct witness_request q;
    Str again;
    if (witness_request_parse(s, str_bytes(input), &q) != OK) return;
    Status formed = witness_request_format(s, q.old, &q.proof, q.note, &again);
    assert(formed == OK && str_eq(again, input));
    assert(witness_check(s, NULL, &q) == ERR_NOT_FOUND);
}

static void check_vkey(struct scope *s, Str input)
{
    struct vkey v;
    Str again;
    if (vkey_parse(s, input, &v) != OK) return;
    Status formed = vkey_format(s, v.name, v.type, &v.key, &again);
    assert(formed == OK && str_eq(again, input));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Str input = bytes_str(bytes_of(data, size));
    check_note(s, input);
    check_checkpoint(s, input);
    check_request(s, input);
    check_vkey(s, input);
    scope_close(s);
    return 0;
}
