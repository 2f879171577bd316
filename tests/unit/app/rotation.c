#include "rotation.h"
#include "app/officer.h"
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

const char *const rotation_roles[ROTATION_ROLES] = {"journal", "cosigner",  "parcel",
                                                    "post",    "recipient", "tls"};

void rotation_make(struct pair *x, size_t post, const char *role)
{
    struct rotation r = {.role = str_of(role), .root_file = STR(""), .password = STR("new words")};
    pair_wait(x, 60);
    OKAY_IN(x->s, post_rotate(x->s, x->post[post], &r));
}

void rotation_letter(struct pair *x, Str number, const char *party)
{
    const char *officer = scope_print(x->s, "%s.duty", party).ptr;
    pair_say(x, officer, "letter.sent", &number, "subject=Rail", "text.lv=Viens.", "text.ru=Раз.",
             NULL);
}

void rotation_expect_sound(struct pair *x, Str number)
{
    refusal_equal_views(x, number);
    for (size_t i = 0; i < 2; i++) {
        struct check_line *lines;
        size_t count;
        Str alarm = refusal_alarm(x, i);
        assert_true(alarm.len == 0 || str_is(alarm, "restore"));
        const char *zip = scope_print(x->s, "%s/of-%zu.zip", x->folder, i).ptr;
        Str card;
        OKAY_IN(x->s, dossier_write(x->s, x->post[i], number, zip));
        for (size_t k = 0; k < 3; k++) { /* without a card, and with the newest of either */
            card = STR("");
            if (k) OKAY(post_card(x->s, x->post[k - 1], &card));
            OKAY_IN(x->s, dossier_verify(x->s, zip, card, &lines, &count));
            for (size_t n = 0; n < count; n++)
                if (!lines[n].passed)
                    fail_msg("dossier %zu: %s", i, scope_str(x->s, lines[n].text).ptr);
        }
        post_close(x->post[i]);
        x->post[i] = NULL;
        OKAY_IN(x->s, post_verify(x->s, x->dir[i], &lines, &count));
        for (size_t n = 0; n < count; n++)
            if (!lines[n].passed) fail_msg("post %zu: %s", i, scope_str(x->s, lines[n].text).ptr);
        OKAY_IN(x->s, post_open(x->s, x->dir[i], &x->clock, &x->post[i]));
    }
}
