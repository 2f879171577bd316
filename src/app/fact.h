/* app/fact.h - stating a fact: checked, signed, durable, then acknowledged. */
#pragma once
#include "app/post.h"
#include "core/casework/sight.h"

struct fact_request {
    Str kind;
    Str case_number; /* empty: none, or a new case for incident.registered */
    const struct name_value *fields;
    size_t field_count;
    Str root_file; /* the offline root key, for the mandates of R1 and R2 and for key.rotated;
                      empty: DIR/root.key */
    Str password;  /* for officer.enrolled: the new officer's */
};

struct fact_result {
    Str ref; /* party:index */
    Str case_number;
    bool queued; /* the post may not sign now: kept as a draft */
};

/* Checks (in the order of facts.md section 3), fills in what the post fills in, signs with the
 * officer's key, appends and opens what crosses by itself; durable on OK. The refusal's sentence is
 * in the scope. Many threads may call at once: their facts share one commit. */
MUST_USE Status fact_add(struct scope *s, struct post *p, const struct session *session,
                         const struct fact_request *request, struct fact_result *out);

struct field_view {
    Str name, value;
    bool open;
};
struct fact_view {
    Str ref, party, kind, case_number, by;
    Instant at;
    uint64_t index, opening;
    bool own, whole, late, refused, is_void;
    Str body;                  /* hex */
    struct field_view *fields; /* without the common ones */
    size_t field_count;
    enum sight sight; /* how much of it the roles see */
};

/* A fact as this post knows it, as far as the roles see it (core/casework/sight.h): a fact that
 * they may not know of is ERR_NOT_FOUND, a field that they may not see is not open. */
MUST_USE Status fact_show(struct scope *s, struct post *p, Str ref, Roles roles,
                          struct fact_view *out);

/* Releases: draft, then approvals; the gate opens as soon as the approvals suffice. */
struct release_request {
    const Str *facts; /* party:index or party:index.field */
    size_t fact_count;
    Str purpose, regime, basis, restrictions;
    Str to; /* party; empty: the case's counterpart */
};
MUST_USE Status release_draft(struct scope *s, struct post *p, const struct session *session,
                              const struct release_request *r, struct fact_result *out);
/* `out_opened` tells whether the fields went through the gate with this approval. */
MUST_USE Status release_approve(struct scope *s, struct post *p, const struct session *session,
                                Str draft_ref, bool *out_opened);
MUST_USE Status release_refuse(struct scope *s, struct post *p, const struct session *session,
                               Str draft_ref, Str reason);
/* What would leave if it were approved by all: text for the screen, made by the gate itself. */
MUST_USE Status release_preview(struct scope *s, struct post *p, Str draft_ref, Str *out);
/* Draft and approvals in one step (play, and screens where the representative releases open fields
 * alone); the drafter approves too when that role may. On failure nothing is left behind. */
MUST_USE Status release_now(struct scope *s, struct post *p, const struct session *drafter,
                            const struct session *const *approvers, size_t approver_count,
                            const struct release_request *r);

/* States a fact and releases it, or refuses both: `r->facts` are names of its fields, or "*". The
 * refusal is the first one in the order of facts.md section 3 that the fact meets, else the
 * release's. ERR_STALE at a post that may not sign now. */
MUST_USE Status fact_add_released(struct scope *s, struct post *p, const struct session *session,
                                  const struct fact_request *request, const struct session *drafter,
                                  const struct session *const *approvers, size_t approver_count,
                                  const struct release_request *r, struct fact_result *out);
MUST_USE Status release_recall(struct scope *s, struct post *p, const struct session *session,
                               Str fact_ref, Str ground);
/* Retention: destroys the values of an own fact here (R10); the other side's copy is another matter
 * (recall). */
MUST_USE Status fact_erase_values(struct scope *s, struct post *p, const struct session *session,
                                  Str fact_ref, Str ground);
