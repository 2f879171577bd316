/* core/casework/recall.h - what taking back means for the fold: which kinds can be recalled, and
 * how a recalled field stands in the common view (facts.md 3). Decides nothing about who may
 * recall. */
#pragma once
#include "core/casework/case.h"

/* Can facts of this kind be recalled at all? Signatures, positions, hand-over facts and receipts
 * cannot, nor what holds the exchange together: a link is taken back by its own kind. */
bool recall_is_allowed(Str kind);

/* Notes with each opened entry that a standing recall names what is left of it (`opened`): recalled
 * fields are bare digests, also where a hold or a signed act keeps the value from being purged. */
MUST_USE Status recall_mask(struct scope *s, struct entry *list, size_t count);
