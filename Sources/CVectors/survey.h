// A look at bars before anything is computed of them.

#ifndef BITSTOCKERZ_SURVEY
#define BITSTOCKERZ_SURVEY

#include "kernels.h"

// What is to be known of bars before anything is computed of them, whole eights only. To seen[0..<8] goes whether each of
// the lanes is sound (minus one): prices are numbers above zero, low and high the least and the most of them, volumes numbers from zero
// up. To seen[8..<16] whether every price is within a billionth of a whole number of ticks, and to seen[16..<24] whether it
// is the double nearest to that. To seen[24..<32] goes the most of the lane so far, a double.
VECTORS_BODY void vectors_look_body(
    int level, const double *open, const double *high, const double *low, const double *close, const double *volume, int64_t count,
    double ticksPerUnit, int64_t *seen) {
    vectors_whole sound = VECTORS_LOAD(vectors_whole, seen), whole = VECTORS_LOAD(vectors_whole, seen + 8);
    vectors_whole exact = VECTORS_LOAD(vectors_whole, seen + 16);
    vectors_eight most = VECTORS_LOAD(vectors_eight, seen + 24);
    const vectors_eight infinity = VECTORS_ALL(__builtin_inf()), zero = {}, magic = VECTORS_ALL(0x1.8p52);
    const vectors_eight limit = VECTORS_ALL(0x1p51), noise = VECTORS_ALL(1e-9);
    for (int64_t i = 0; i + 8 <= count; i += 8) {
        const vectors_eight o = VECTORS_LOAD(vectors_eight, open + i), h = VECTORS_LOAD(vectors_eight, high + i);
        const vectors_eight l = VECTORS_LOAD(vectors_eight, low + i), c = VECTORS_LOAD(vectors_eight, close + i);
        const vectors_eight v = VECTORS_LOAD(vectors_eight, volume + i);
        sound &= (vectors_whole)(l > zero) & (vectors_whole)(l <= o) & (vectors_whole)(l <= c) & (vectors_whole)(h >= o)
            & (vectors_whole)(h >= c) & (vectors_whole)(h < infinity) & (vectors_whole)(v >= zero)
            & (vectors_whole)(v < infinity);
        const vectors_eight prices[] = {o, h, l, c};
        VECTORS_UNROLL
        for (int k = 0; k < 4; k++) {
            const vectors_eight scaled = prices[k] * ticksPerUnit, ticks = (scaled + magic) - magic;
            const vectors_eight apart = VECTORS_SIZE(scaled - ticks);
            whole &= (vectors_whole)(scaled < limit) & (vectors_whole)(apart <= noise * scaled);
            exact &= (vectors_whole)(ticks / ticksPerUnit == prices[k]);
        }
        most = VECTORS_EITHER(h > most, h, most);
    }
    VECTORS_STORE(seen, sound), VECTORS_STORE(seen + 8, whole), VECTORS_STORE(seen + 16, exact);
    VECTORS_STORE(seen + 24, most);
}
VECTORS_DEFINE(
    void, look,
    (const double *open, const double *high, const double *low, const double *close, const double *volume, int64_t count,
     double ticksPerUnit, int64_t *seen),
    (open, high, low, close, volume, count, ticksPerUnit, seen))

// Whether each of the numbers in a lane is greater than the one before, as minus one, to seen[0..<8]; whole eights only.
VECTORS_BODY void vectors_ascend_body(int level, const int64_t *numbers, int64_t count, int64_t *seen) {
    vectors_whole ascends = (vectors_whole){} - 1;
    for (int64_t i = 0; i + 8 <= count; i += 8)
        ascends &= VECTORS_LOAD(vectors_whole, numbers + i) > VECTORS_LOAD(vectors_whole, numbers + i - 1);
    VECTORS_STORE(seen, ascends);
}
VECTORS_DEFINE(void, ascend, (const int64_t *numbers, int64_t count, int64_t *seen), (numbers, count, seen))

#endif
