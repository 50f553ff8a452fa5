// Which of the loops runs on this machine: not what its processor understands, but what it is fastest with.

#ifndef BITSTOCKERZ_CHOICE
#define BITSTOCKERZ_CHOICE

#include <time.h>

#include "columns.h"
#include "curves.h"
#include "survey.h"

// Of nanoseconds by level: a wider loop has to be a tenth faster than the best narrower one, because some processors lower their
// clock for wide vectors, and do so too late to be seen here.
static inline int vectors_choose(const int64_t nanoseconds[3], int highest) {
    int best = 0;
    for (int level = 1; level <= highest; level++)
        if (nanoseconds[level] < nanoseconds[best] - nanoseconds[best] / 10) best = level;
    return best;
}

static inline int64_t vectors_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

// The level that is the fastest with the loops that a backtest spends most of its time in, over cells that lie in the nearest
// cache. Of each level the best of several turns, one after the other, so that what else the machine does meanwhile hits all of
// them or none: a tenth of a millisecond altogether, and half of one at most where that is not enough for all turns.
static inline int vectors_fastest_level(void) {
    enum { cells = 512, turns = 16, few = 3 };
    const int highest = vectors_highest_level();
    if (highest == 0) return 0;
    double prices[cells], own[cells], market[cells], sums[64] = {}, extremes[4];
    int64_t seen[32] = {}, least[3] = {INT64_MAX, INT64_MAX, INT64_MAX};
    for (int i = 0; i < cells; i++) prices[i] = 100 + i % 7;
    const int64_t begun = vectors_clock();
    for (int turn = 0; turn < few || (turn < turns && vectors_clock() - begun < 500000); turn++)
        for (int level = 0; level <= highest; level++) {
            const int64_t start = vectors_clock();
            vectors_look(level, prices, prices, prices, prices, prices, cells, 1, seen);
            vectors_plain(level, prices, prices, 1, cells - 8, cells, sums, extremes, own, market);
            vectors_powers(level, own, market, 1, cells - 8, 0, 1, 0, sums);
            // Nobody looks at what they made; the compiler must think so.
            __asm__ volatile("" : : "r"(seen), "r"(sums), "r"(own), "r"(market) : "memory");
            const int64_t taken = vectors_clock() - start;
            if (taken < least[level]) least[level] = taken;
        }
    return vectors_choose(least, highest);
}

// The one that this process runs, measured at its first use. Two threads that are early both measure, and may find another: the
// results are the same.
static inline int vectors_level(void) {
    static int found = -1;
    int level = __atomic_load_n(&found, __ATOMIC_RELAXED);
    if (__builtin_expect(level < 0, 0)) {
        level = vectors_fastest_level();
        __atomic_store_n(&found, level, __ATOMIC_RELAXED);
    }
    return level;
}

#endif
