/* app/paper.h - renderings and proofs on paper and disk: acts as PDF, dossiers, their check, copies
 * of the post. */
#pragma once
#include "app/case.h"

enum act_form { FORM_BOTH, FORM_A, FORM_B };

struct document_request {
    Str ref; /* the fact that gives it, "party:index"; or a document of a year, "DOC19:2026" */
    enum act_form form;
    bool own; /* as this side knows it, with what was not opened: an own-side sheet */
};

/* A document of the pack as PDF, drawn in a child process (docs/formats/document.md): the same
 * facts give the same bytes. ERR_NOT_FOUND when the fact gives none. */
MUST_USE Status document_pdf(struct scope *s, struct post *p, const struct document_request *r,
                             Bytes *out);

/* A BagIt bag in a ZIP: what a court gets (docs/formats/dossier.md). */
MUST_USE Status dossier_write(struct scope *s, struct post *p, Str case_number, const char *path);

/* One line of a check in words. */
struct check_line {
    bool passed;
    Status reason; /* when it failed */
    Str text;
};

/* Checks a dossier offline. `card` (text, may be empty) pins one party. OK even when lines failed;
 * ERR_USAGE when it is no ZIP. */
MUST_USE Status dossier_verify(struct scope *s, const char *path, Str card, struct check_line **out,
                               size_t *out_count);

/* Checks a post's folder: every leaf, signature, head, opening, blob and projection. */
MUST_USE Status post_verify(struct scope *s, const char *dir, struct check_line **out,
                            size_t *out_count);

MUST_USE Status backup_write(struct scope *s, struct post *p, const char *path);
/* The restored post does not sign until the longest head that its neighbours hold is back. */
MUST_USE Status backup_restore(struct scope *s, const char *path, const char *dir);
MUST_USE Status post_rebuild(struct scope *s, struct post *p);

/* Attaches a file to a fact evidence.collected: sealed in the vault, read back, then stated. */
MUST_USE Status evidence_add(struct scope *s, struct post *p, const struct session *session,
                             const struct fact_request *request, const char *path,
                             struct fact_result *out);
/* Writes the plaintext of a blob to a new file (0600), verified. `handle` is its name here or at
 * the other side, or the fact it belongs to. ERR_STATE while it has not arrived wholly. */
MUST_USE Status evidence_get(struct scope *s, struct post *p, Str handle, const char *path);
