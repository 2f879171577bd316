/* base/json_form.h - is a text JSON at all? Answered without memory, so that a parser that runs out
 * of it cannot make a good text look bad. */
#pragma once
#include "base/str.h"

enum json_form { JSON_IS_WELL_FORMED, JSON_IS_MALFORMED, JSON_IS_TOO_DEEP };

/* The grammar of RFC 8259 for one object or list, nested at most `depth_max` (64 at most). Bytes of
 * strings are not looked at beyond their escapes and control characters. */
enum json_form json_form(Bytes text, unsigned depth_max);
