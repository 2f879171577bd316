/* Party cards. The input is taken as it came, and once more with our key as its root and our
 * signature: whatever is taken then can be written again and is the same. */
#include "core/ledger/card.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 1 << 20, TEXT_MAX = 2 * CARD_BYTES_MAX };

static void check_foreign(struct scope *s, Str input)
{
    struct card card;
    Status status = card_parse(s, input, &card);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_SIGNATURE);
}

/* Every line but those of root and signature as it is. */
static Str sign_again(struct scope *s, Str input, const struct secret_key *key)
{
    struct writer w = writer_open(s, TEXT_MAX);
    Str out = {NULL, 0};
    while (input.len) {
        Str line = str_cut(&input, '\n');
        if (str_has_prefix(line, "signature ")) continue;
        if (str_has_prefix(line, "root ")) {
            write_print(&w, "root ");
            write_base64(&w, bytes_of(key->public.bytes, KEY_BYTES));
        } else {
            write_str(&w, line);
        }
        write_u8(&w, '\n');
    }
    Signature signature = sign(key, bytes_of(w.ptr, w.len));
    write_print(&w, "signature ");
    write_base64(&w, bytes_of(signature.bytes, SIGNATURE_BYTES));
    write_u8(&w, '\n');
    return writer_close_str(&w, &out) == OK ? out : STR("");
}

static void check_signed(struct scope *s, Str input)
{
    struct secret_key key;
    struct card card;
    Str text, again, words;
    Hash seed = hash_of(str_bytes(STR("fuzz")));
    secret_key_from_seed(seed.bytes, &key);
    text = sign_again(s, input, &key);
    Status status = card_parse(s, text, &card);
    assert(status == OK || status == ERR_SCHEMA);
    if (status != OK) return;
    assert(party_is_well_formed(card.party) && card.address_count <= CARD_ADDRESSES_MAX);
    Status formed = card_format(s, &card, &key, &again);
    assert(formed == OK && str_eq(text, again));
    formed = card_words(s, text, input, &words);
    assert(formed == OK && words.len == 6 * 6 - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Str input = bytes_str(bytes_of(data, size));
    check_foreign(s, input);
    check_signed(s, input);
    scope_close(s);
    return 0;
}
