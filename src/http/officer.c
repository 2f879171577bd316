#include "http/port.h"
#include "http/view.h"
#include <microhttpd.h>
#include <netinet/in.h>

enum { VIEW_BYTES_MAX = 4 << 20, PASSWORD_BYTES_MAX = 1024, OFFICER_BYTES_MAX = 64 };

/* Where the request comes from, as bytes to tell guessers apart. */
static Str address_of(const struct request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) return STR("?");
    const void *found = info->client_addr;
    if (info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *four = found;
        return (Str){(const char *)&four->sin_addr, sizeof four->sin_addr};
    }
    const struct sockaddr_in6 *six = found;
    return (Str){(const char *)&six->sin6_addr, sizeof six->sin6_addr};
}

static void put_roles(struct view *v, Roles roles)
{
    put_open(v, "roles", '[');
    for (unsigned bit = 0; bit < ROLE_COUNT; bit++) {
        char name[8] = {'R'};
        if (!(roles >> bit & 1u)) continue;
        unsigned number = bit + 1;
        size_t at = 1;
        if (number >= 10) name[at++] = '1';
        name[at] = (char)('0' + number % 10);
        put_text(v, NULL, str_of(name));
    }
    put_close(v, ']');
}

static void put_me(const struct request *r, struct view *v, const char *key, Str officer)
{
    put_open(v, key, '{');
    put_text(v, "officer", officer);
    put_text(v, "party", post_party(r->post));
    put_text(v, "pack", post_pack(r->post)->id);
    put_roles(v, session_roles(r->post, officer));
    put_instant(v, "now", post_now(r->post));
    put_close(v, '}');
}

static Status answer_me(struct request *r, Str officer)
{
    struct view v = view_open(r->scope, VIEW_BYTES_MAX);
    put_me(r, &v, NULL, officer);
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

static Status trial_read(struct request *r, struct trial *out)
{
    static const char *const KEYS[] = {"officer", "password", NULL};
    AUTO_JSON json_t *json = NULL;
    TRY(request_object(r, KEYS, &json));
    secret_wipe(r->body_ptr, r->body_len);
    TRY(json_need_text(r->scope, json, "officer", "the body", &out->officer));
    TRY(json_need_text(r->scope, json, "password", "the body", &out->password));
    if (out->officer.len > OFFICER_BYTES_MAX || out->password.len > PASSWORD_BYTES_MAX)
        return fail(r->scope, ERR_LIMIT, "the officer or the password is too long");
    out->from = address_of(r);
    out->request = r;
    return OK;
}

/* Called twice: with the body, and when the password was tried. */
Status session_post(struct request *r)
{
    struct trial *trial = r->trial;
    if (trial == NULL) {
        trial = NEW(r->scope, struct trial);
        if (trial == NULL) return ERR_MEMORY;
        TRY(trial_read(r, trial));
        r->trial = trial;
        r->waits = true;
        Status status = trial_begin(r->server->trials, trial);
        if (status != OK) r->waits = false;
        return status;
    }
    secret_wipe((char *)(uintptr_t)trial->password.ptr, trial->password.len);
    if (trial->wait_s > 0) {
        r->answer.status = 429;
        r->answer.retry_after_s = trial->wait_s;
    }
    TRY(trial->status);
    r->answer.cookie =
        scope_print(r->scope, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s", r->server->cookie.ptr,
                    trial->id, r->server->is_https ? "; Secure" : "");
    if (r->answer.cookie.ptr == NULL) return ERR_MEMORY;
    return answer_me(r, trial->officer);
}

/* For the page, which asks before it knows: not being signed in is an answer here, not a refusal.
 */
Status session_get(struct request *r)
{
    struct view v = view_open(r->scope, VIEW_BYTES_MAX);
    put_open(&v, NULL, '{');
    if (r->seat != NULL) put_me(r, &v, "me", r->seat->session->officer);
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

Status session_delete(struct request *r)
{
    session_end(r->server->sessions, r->seat);
    r->answer.cookie = scope_print(r->scope, "%s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s",
                                   r->server->cookie.ptr, r->server->is_https ? "; Secure" : "");
    answer_bytes(r, "application/json", str_bytes(STR("{}")));
    return r->answer.cookie.ptr ? OK : ERR_MEMORY;
}

Status me_get(struct request *r)
{
    return answer_me(r, r->seat->session->officer);
}

Status officers_get(struct request *r)
{
    struct officer_view *list;
    size_t count;
    TRY(post_officers(r->scope, r->post, &list, &count));
    struct view v = view_open(r->scope, VIEW_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_open(&v, "officers", '[');
    for (size_t i = 0; i < count; i++) {
        put_open(&v, NULL, '{');
        put_text(&v, "party", list[i].party);
        put_text(&v, "id", list[i].id);
        put_text(&v, "name", list[i].name);
        put_text(&v, "role", list[i].role);
        put_text(&v, "section", list[i].section);
        put_text(&v, "acts_for", list[i].acts_for);
        put_text(&v, "mandate", list[i].mandate);
        if (list[i].has_to) put_instant(&v, "to", list[i].to);
        put_flag(&v, "revoked", list[i].revoked);
        put_close(&v, '}');
    }
    put_close(&v, ']');
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

static Status put_alarms(struct request *r, struct view *v)
{
    struct alarm_view *alarms;
    size_t count;
    TRY(post_alarms(r->scope, r->post, &alarms, &count));
    put_open(v, "alarms", '[');
    for (size_t i = 0; i < count; i++) {
        put_open(v, NULL, '{');
        put_text(v, "party", alarms[i].party);
        put_text(v, "what", alarms[i].what);
        put_text(v, "text", alarms[i].text);
        put_instant(v, "at", alarms[i].at);
        put_close(v, '}');
    }
    put_close(v, ']');
    return OK;
}

Status figures_get(struct request *r)
{
    struct post_figures figures;
    TRY(post_figures(r->scope, r->post, &figures));
    struct view v = view_open(r->scope, VIEW_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_text(&v, "party", post_party(r->post));
    put_instant(&v, "now", post_now(r->post));
    put_number(&v, "journal_size", figures.journal_size);
    put_number(&v, "cosigned_size", figures.cosigned_size);
    put_text(&v, "alarm", figures.alarm);
    put_flag(&v, "suspended", figures.suspended);
    put_flag(&v, "held", figures.held);
    put_number(&v, "queued", figures.queued);
    TRY(put_alarms(r, &v));
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}
