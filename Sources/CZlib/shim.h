// inflateInit2 is a macro, which Swift does not import.
#pragma once

#include <zlib.h>

static inline int zlib_start_inflating(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}
