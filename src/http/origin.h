/* http/origin.h - to whom a request says it is addressed and from which page it comes. Decides
 * whether a browser was led here by somebody else's page: a foreign name for our address (DNS
 * rebinding), or a foreign page that posts. */
#pragma once
#include "http/request.h"

/* Is the name in `Host` this post's: the public one, an address in digits, or localhost? */
bool host_is_ours(const struct request *r);

/* Does what would change something come from a page of this post, or from no page? */
bool page_is_ours(const struct request *r);
