/* tests/unit/paper/sample.h - an invented act of joint inspection in Latvian and Belarusian, with
 * every kind of block, for the tests that draw. */
#pragma once
#include "paper/document.h"
#include "paper/sketch.h"

/* The act; everything lives in the scope. `statements` numbered paragraphs stand in its middle. */
struct paper_document sample_act(struct scope *s, size_t statements);

/* The same act in one language only. */
struct paper_document sample_act_one(struct scope *s, size_t statements);

/* Its two points, two markers and the line between them. */
struct sketch sample_sketch(void);
