#!/usr/bin/env python3
"""Compiles files into the program: embed.py NAME OUT.c OUT.h FOLDER FILE...

Writes `const struct embedded NAME[]` (os/embedded.h), sorted by name, and NAME_count. A file is
named by its path below FOLDER. Byte arrays, because string literals have a length limit in C17.
"""
import os
import sys


def main():
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    name, out_c, out_h, folder = sys.argv[1:5]
    files = sorted((os.path.relpath(path, folder).replace(os.sep, "/"), path)
                   for path in sys.argv[5:])
    lines = ['#include "%s"' % os.path.basename(out_h)]
    entries = []
    for number, (label, path) in enumerate(files):
        with open(path, "rb") as file:
            data = file.read()
        # An empty array is no C; one byte that the length does not count stands in for it.
        lines.append("static const unsigned char file_%d[] = {" % number)
        for at in range(0, max(len(data), 1), 24):
            lines.append(",".join(map(str, data[at:at + 24] or b"\0")) + ",")
        lines.append("};")
        entries.append('    {{"%s", %d}, {file_%d, %d}},'
                       % (label, len(label.encode()), number, len(data)))
    lines += ["const struct embedded %s[] = {" % name, *entries, "};",
              "const size_t %s_count = %d;" % (name, len(files)), ""]
    with open(out_c, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    with open(out_h, "w", encoding="utf-8") as file:
        file.write('#pragma once\n#include "os/embedded.h"\n'
                   "extern const struct embedded %s[];\nextern const size_t %s_count;\n"
                   % (name, name))


main()
