/* paper/container_frame.h - is the directory of a ZIP the whole truth about it? Programs differ in
 * whether they believe the directory or the local headers; here both must say the same, and
 * nothing may lie between members where only some would find it. Only paper/ uses it. */
#pragma once
#include "base/scope.h"

/* A ZIP in memory, or in a file when `bytes` is NULL. */
struct zip_source {
    Bytes bytes;
    int fd;
    uint64_t size;
};

enum { ZIP_DIRECTORY_MAX = 64 * 1024 * 1024 };

/* Names, places and lengths in directory and local headers agree, the members stand one behind
 * the other from the first byte on, and no comment follows (APPNOTE 6.3). ERR_USAGE when this is
 * no ZIP at all, ERR_SCHEMA, ERR_LIMIT. */
MUST_USE Status container_frame_check(struct scope *s, const struct zip_source *zip);
