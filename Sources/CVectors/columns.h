// Columns of a few bars: prices of lanes, indicators, and comparisons.

#ifndef BITSTOCKERZ_COLUMNS
#define BITSTOCKERZ_COLUMNS

#include "kernels.h"

// Eight rows of eight, turned into columns.
VECTORS_BODY void vectors_turn(vectors_eight rows[8]) {
    vectors_eight pairs[8], fours[8];
    VECTORS_UNROLL
    for (int k = 0; k < 8; k += 2) {
        pairs[k] = __builtin_shufflevector(rows[k], rows[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pairs[k + 1] = __builtin_shufflevector(rows[k], rows[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    VECTORS_UNROLL
    for (int k = 0; k < 8; k += 4)
        VECTORS_UNROLL
        for (int j = k; j < k + 2; j++) {
            fours[j] = __builtin_shufflevector(pairs[j], pairs[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            fours[j + 2] = __builtin_shufflevector(pairs[j], pairs[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    VECTORS_UNROLL
    for (int k = 0; k < 4; k++) {
        rows[k] = __builtin_shufflevector(fours[k], fours[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        rows[k + 4] = __builtin_shufflevector(fours[k], fours[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

// The prices of eight lanes side by side, in the forms that are wanted (the others are null): prices, or the decimals that
// noisy ones stand for; ticks; and the sums of the ticks of all bars before each, the first of which are there. Eights of
// bars only. The pitch is what lies between the same bars of two lanes.
VECTORS_BODY void vectors_lanes_body(
    int level, const double *stored, int64_t pitch, int64_t count, double ticksPerUnit, int64_t areExact, double *prices,
    double *levels, int64_t *sums) {
    const vectors_eight magic = VECTORS_ALL(0x1.8p52);
    vectors_whole sum = {};
    if (sums) sum = VECTORS_LOAD(vectors_whole, sums);
    for (int64_t i = 0; i < count; i += 8) {
        vectors_eight rows[8];
        VECTORS_UNROLL
        for (int k = 0; k < 8; k++) rows[k] = VECTORS_LOAD(vectors_eight, stored + k * pitch + i);
        vectors_turn(rows);
        VECTORS_UNROLL
        for (int k = 0; k < 8; k++) {
            const int64_t cell = (i + k) * 8;
            // A number of this size has no fraction left, and its lowest bits count its units.
            const vectors_eight shifted = rows[k] * ticksPerUnit + magic, level = shifted - magic;
            if (prices) VECTORS_STORE(prices + cell, areExact ? rows[k] : level / ticksPerUnit);
            if (levels) VECTORS_STORE(levels + cell, level);
            if (sums) {
                sum += (vectors_whole)shifted - (vectors_whole)magic;
                VECTORS_STORE(sums + cell + 8, sum);
            }
        }
    }
}
VECTORS_DEFINE(
    void, lanes,
    (const double *stored, int64_t pitch, int64_t count, double ticksPerUnit, int64_t areExact, double *prices,
     double *levels, int64_t *sums),
    (stored, pitch, count, ticksPerUnit, areExact, prices, levels, sums))

// Wilder's sums of gains and losses of lanes side by side, and the strength of each: from the levels of some bars and of the
// bar before, with what each lane remembers going in and out. On a bar without a change both sums stay as they are, times 1
// and plus 0, and so does the strength; that they would have faded equally is kept in a factor until the next change.
VECTORS_BODY void vectors_strengths_body(
    int level, const double *levels, int64_t bars, double fading, double *gains, double *losses, double *factors, double *strengths) {
    vectors_eight gain = VECTORS_LOAD(vectors_eight, gains), loss = VECTORS_LOAD(vectors_eight, losses);
    vectors_eight factor = VECTORS_LOAD(vectors_eight, factors), before = VECTORS_LOAD(vectors_eight, levels - 8);
    const vectors_eight zero = {}, one = VECTORS_ALL(1);
    for (int64_t i = 0; i < bars * 8; i += 8) {
        const vectors_eight level = VECTORS_LOAD(vectors_eight, levels + i), change = level - before, fall = -change;
        const vectors_whole moves = change != zero;
        // Both sums wait for a product and a sum only.
        const vectors_eight left = VECTORS_EITHER(moves, factor, one);
        gain = gain * left + VECTORS_WHERE(change > zero, change);
        loss = loss * left + VECTORS_WHERE(fall > zero, fall);
        factor = VECTORS_EITHER(moves, VECTORS_ALL(fading), factor * fading);
        const vectors_eight both = gain + loss;
        VECTORS_STORE(strengths + i, VECTORS_EITHER(both > zero, 100 * (gain / both), VECTORS_ALL(50)));
        before = level;
    }
    VECTORS_STORE(gains, gain);
    VECTORS_STORE(losses, loss);
    VECTORS_STORE(factors, factor);
}
VECTORS_DEFINE(
    void, strengths,
    (const double *levels, int64_t bars, double fading, double *gains, double *losses, double *factors, double *strengths),
    (levels, bars, fading, gains, losses, factors, strengths))

// The exponential averages of eight lanes side by side.
VECTORS_BODY void vectors_averages_body(
    int level, const double *prices, int64_t bars, double weight, double *averages, double *values) {
    vectors_eight value = VECTORS_LOAD(vectors_eight, averages);
    for (int64_t i = 0; i < bars * 8; i += 8) {
        value = value + weight * (VECTORS_LOAD(vectors_eight, prices + i) - value);
        VECTORS_STORE(values + i, value);
    }
    VECTORS_STORE(averages, value);
}
VECTORS_DEFINE(
    void, averages, (const double *prices, int64_t bars, double weight, double *averages, double *values),
    (prices, bars, weight, averages, values))

// Means of windows: differences of sums from 0 up to 2^53, divided by a whole number up to 2^48. Eights are written whole.
//
// Where the processor can multiply and add with one rounding, no division is needed: with z the double nearest to 1/d, and
// y the one nearest to what z lacks, s*z + y*s rounded once is the double nearest to s/d. Before that rounding it is off by
// less than 2^-104 of s/d, while s/d is at least 2^-102 of itself away from any number halfway between two doubles: that
// number has 54 bits, and with d it multiplies to one of 102, from which s, shifted, differs by 1 at least; and it is none
// itself, because s has only 53 bits.
VECTORS_BODY void vectors_means_body(
    int level, const int64_t *newest, const int64_t *oldest, int64_t count, double divisor, double *output) {
    double inverse = 0, lacking = 0;
    if (level > 0) {
        inverse = 1 / divisor;
        lacking = __builtin_fma(-divisor, inverse, 1) / divisor;
    }
    for (int64_t i = 0; i < count; i += 8) {
        const vectors_bits whole = (vectors_bits)(VECTORS_LOAD(vectors_whole, newest + i) - VECTORS_LOAD(vectors_whole, oldest + i));
        // The two halves as fractions of 2^84 and 2^52: exact, and no instruction is needed that only some have.
        const vectors_eight upper = (vectors_eight)(whole >> 32 | 0x4530000000000000u);
        const vectors_eight lower = (vectors_eight)((whole & 0xffffffffu) | 0x4330000000000000u);
        const vectors_eight sum =
            level > 1 ? __builtin_convertvector((vectors_whole)whole, vectors_eight) : (upper - 0x1.00000001p84) + lower;
        const vectors_eight mean =
            level > 0 ? __builtin_elementwise_fma(sum, VECTORS_ALL(inverse), sum * lacking) : sum / divisor;
        VECTORS_STORE(output + i, mean);
    }
}
VECTORS_DEFINE(
    void, means, (const int64_t *newest, const int64_t *oldest, int64_t count, double divisor, double *output),
    (newest, oldest, count, divisor, output))

// The bits of eights of comparisons as words, one bit a cell: in order, or, where the cells are those of eight lanes side by
// side, turned so that each word is of one lane.
VECTORS_BODY void vectors_words(const uint8_t *bytes, int64_t words, int64_t areTurned, uint64_t *output) {
    if (!areTurned) {
        for (int64_t w = 0; w < words; w++) memcpy(output + w, bytes + w * 8, 8);
        return;
    }
    typedef uint8_t all __attribute__((vector_size(64)));
    typedef _Bool mask __attribute__((ext_vector_type(64)));
    const all eights = VECTORS_LOAD(all, bytes), zero = {};
    VECTORS_UNROLL
    for (int lane = 0; lane < 8; lane++) {
        const mask bits = __builtin_convertvector((eights & (uint8_t)(1 << lane)) != zero, mask);
        memcpy(output + lane, &bits, 8);
    }
}

#define VECTORS_BYTE(condition) \
    ({ const vectors_mask mask_ = __builtin_convertvector(condition, vectors_mask); uint8_t byte_; memcpy(&byte_, &mask_, 1); byte_; })

// A bit for each of 64 * words pairs, eight words at most: whether the left one is greater than the right one times the
// factor. A step is 1, or 0 for eight equal numbers. Of eight lanes side by side there are eight words.
VECTORS_BODY void vectors_greater_body(
    int level, const double *left, int64_t leftStep, const double *right, int64_t rightStep, double factor, int64_t words,
    int64_t areLanes, uint64_t *output) {
    uint8_t bytes[64];
    for (int64_t i = 0; i < words * 8; i++) {
        const vectors_eight l = VECTORS_LOAD(vectors_eight, left + i * 8 * leftStep);
        const vectors_eight r = VECTORS_LOAD(vectors_eight, right + i * 8 * rightStep);
        bytes[i] = VECTORS_BYTE(l > r * factor);
    }
    vectors_words(bytes, words, areLanes, output);
}
VECTORS_DEFINE(
    void, greater,
    (const double *left, int64_t leftStep, const double *right, int64_t rightStep, double factor, int64_t words,
     int64_t areLanes, uint64_t *output),
    (left, leftStep, right, rightStep, factor, words, areLanes, output))

// The same of whether the two differ by more than a billionth of the larger.
VECTORS_BODY void vectors_apart_body(
    int level, const double *left, int64_t leftStep, const double *right, int64_t rightStep, int64_t words, int64_t areLanes,
    uint64_t *output) {
    uint8_t bytes[64];
    for (int64_t i = 0; i < words * 8; i++) {
        const vectors_eight l = VECTORS_LOAD(vectors_eight, left + i * 8 * leftStep);
        const vectors_eight r = VECTORS_LOAD(vectors_eight, right + i * 8 * rightStep);
        const vectors_eight one = VECTORS_SIZE(l), other = VECTORS_SIZE(r);
        bytes[i] = VECTORS_BYTE(VECTORS_SIZE(l - r) > 1e-9 * VECTORS_EITHER(other > one, other, one));
    }
    vectors_words(bytes, words, areLanes, output);
}
VECTORS_DEFINE(
    void, apart,
    (const double *left, int64_t leftStep, const double *right, int64_t rightStep, int64_t words, int64_t areLanes,
     uint64_t *output),
    (left, leftStep, right, rightStep, words, areLanes, output))

#endif
