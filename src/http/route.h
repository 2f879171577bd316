/* http/route.h - the table of everything that is served: method, path, handler, who may call it.
 * Decides which row a request fits; api/openapi.yaml describes the same rows (tools/tidy.py
 * compares). */
#pragma once
#include "http/request.h"

enum port { OFFICERS = 1, PEERS = 2, BOTH = 3 };

enum guard {
    FREE,    /* anybody who reaches the port (on the peer port: a paired post) */
    LOOKED,  /* as FREE, but r->seat is set when an officer is signed in */
    SIGN_IN, /* as FREE, but it changes something: JSON, and from our own page */
    KNOWN,   /* an officer signed in, with or without a mandate */
    SEATED   /* an officer signed in, with a mandate that stands now */
};

struct route {
    enum method method;
    const char *pattern; /* "{ref}" is one segment, which may go on as ".pdf"; a last "{path}" is
                            all that follows */
    Handler *handle;
    enum port port;
    enum guard guard;
    size_t body_max;
};

/* The row of the table for the path on this port, with its parameters; NULL when there is none.
 * When the path is known under other methods only, `out_allow` names them, else it is NULL. */
const struct route *route_find(enum port port, enum method method, Str path,
                               Str parameters[static PARAMETERS_MAX], const char **out_allow);

/* Handlers, by the file they stand in. */
Handler session_get, session_post, session_delete, me_get, officers_get,
    figures_get;                              /* officer.c */
Handler cases_get, case_get, case_common_get; /* case.c */
Handler fact_post, fact_get_one, fact_recall; /* fact.c */
Handler release_post, release_preview_get, release_approve_post,
    release_refuse_post;                           /* release.c */
Handler exchange_post, exchange_get, parcel_post;  /* exchange.c */
Handler act_pdf_get, dossier_get;                  /* act.c */
Handler checkpoint_get, journal_get, witness_post; /* journal.c */
Handler kinds_get, pack_get;                       /* kind.c */
Handler texts_get, health_get, page_get;           /* page.c */
