// The loops a backtest spends its time in, each compiled three times: for every processor of the family, for one with
// vectors of 256 bits and for one with 512. Which of them runs is chosen at run time. Swift compiles a whole program
// for one kind of processor; that is the only reason why this is C.
//
// All three do the same operations in the same order on doubles, so they give the same bits: nothing is fused
// (FP_CONTRACT OFF), and the order of sums is that of eight lanes whatever the width of a register.

#ifndef BITSTOCKERZ_VECTORS
#define BITSTOCKERZ_VECTORS

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define VECTORS_BODY static inline __attribute__((always_inline))
// Loops over a few things that are all known: the compiler is told to save space, and would go round.
#define VECTORS_UNROLL _Pragma("clang loop unroll(full)")

typedef double vectors_eight __attribute__((vector_size(64)));
typedef int64_t vectors_whole __attribute__((vector_size(64)));
typedef uint64_t vectors_bits __attribute__((vector_size(64)));
typedef _Bool vectors_mask __attribute__((ext_vector_type(8)));

#define VECTORS_LOAD(type, from) ({ type value_; memcpy(&value_, (from), sizeof value_); value_; })
#define VECTORS_STORE(to, value) ({ __typeof__(value) value_ = (value); memcpy((to), &value_, sizeof value_); })
// The value in the lanes in which the condition holds, else zero.
#define VECTORS_WHERE(condition, value) ((vectors_eight)((vectors_whole)(condition) & (vectors_whole)(value)))
// One value where it holds, another elsewhere.
#define VECTORS_EITHER(condition, value, other) \
    ((vectors_eight)(((vectors_whole)(condition) & (vectors_whole)(value)) | (~(vectors_whole)(condition) & (vectors_whole)(other))))
#define VECTORS_SIZE(value) ((vectors_eight)((vectors_whole)(value) & INT64_MAX))
#define VECTORS_ALL(number) ((vectors_eight){} + (number))

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

// Wilder's sums of gains and losses of lanes side by side, and the strength of each: from the levels of some bars and of the
// bar before, with what each lane remembers going in and out. On a bar without a change both sums stay as they are, and so
// does the strength; that they would have faded equally is kept in a factor until the next change.
VECTORS_BODY void vectors_strengths_body(
    int level, const double *levels, int64_t bars, double fading, double *gains, double *losses, double *factors, double *strengths) {
    vectors_eight gain = VECTORS_LOAD(vectors_eight, gains), loss = VECTORS_LOAD(vectors_eight, losses);
    vectors_eight factor = VECTORS_LOAD(vectors_eight, factors), before = VECTORS_LOAD(vectors_eight, levels - 8);
    const vectors_eight zero = {};
    for (int64_t i = 0; i < bars * 8; i += 8) {
        const vectors_eight level = VECTORS_LOAD(vectors_eight, levels + i), change = level - before, fall = -change;
        const vectors_whole moves = change != zero;
        gain = VECTORS_EITHER(moves, gain * factor + VECTORS_WHERE(change > zero, change), gain);
        loss = VECTORS_EITHER(moves, loss * factor + VECTORS_WHERE(fall > zero, fall), loss);
        factor = VECTORS_EITHER(moves, VECTORS_ALL(fading), factor * fading);
        const vectors_eight both = gain + loss;
        VECTORS_STORE(strengths + i, VECTORS_EITHER(both > zero, 100 * (gain / both), VECTORS_ALL(50)));
        before = level;
    }
    VECTORS_STORE(gains, gain);
    VECTORS_STORE(losses, loss);
    VECTORS_STORE(factors, factor);
}

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

// The points of a holding at the closes from..<to: what lies beside it, and so many units. Up to the limit, more may be
// written: of most holdings the end is then nothing to be guessed.
VECTORS_BODY void vectors_hold_body(
    int level, const double *close, int64_t from, int64_t to, int64_t limit, double rest, double quantity, double *points) {
    int64_t i = from;
    for (; i < to && i + 32 <= limit; i += 32) {
        VECTORS_UNROLL
        for (int k = 0; k < 32; k += 8)
            VECTORS_STORE(points + i + k, rest + quantity * VECTORS_LOAD(vectors_eight, close + i + k));
    }
    for (; i < to; i++) points[i] = rest + quantity * close[i];
}

// The first of the bars from..<to whose low is not above the one price or whose high is not below the other; `to` where there
// is none. Up to the limit, more may be read.
VECTORS_BODY int64_t vectors_reach_body(
    int level, const double *low, const double *high, double below, double above, int64_t from, int64_t to, int64_t limit) {
    int64_t i = from;
    for (; i < to && i + 32 <= limit; i += 32) {
        uint32_t quiet = 0;
        VECTORS_UNROLL
        for (int k = 0; k < 32; k += 8) {
            const vectors_whole isQuiet = (vectors_whole)(VECTORS_LOAD(vectors_eight, low + i + k) > below)
                & (vectors_whole)(VECTORS_LOAD(vectors_eight, high + i + k) < above);
            quiet |= (uint32_t)VECTORS_BYTE(isQuiet) << k;
        }
        if (~quiet) {
            const int64_t found = i + __builtin_ctz(~quiet);
            return found < to ? found : to;
        }
    }
    for (; i < to; i++)
        if (!(low[i] > below && high[i] < above)) return i;
    return to;
}

// The most and the least of eight.
VECTORS_BODY double vectors_most(vectors_eight value) {
    vectors_eight other = __builtin_shufflevector(value, value, 4, 5, 6, 7, 4, 5, 6, 7);
    value = VECTORS_EITHER(other > value, other, value);
    other = __builtin_shufflevector(value, value, 2, 3, 2, 3, 2, 3, 2, 3);
    value = VECTORS_EITHER(other > value, other, value);
    return value[1] > value[0] ? value[1] : value[0];
}
VECTORS_BODY double vectors_least(vectors_eight value) { return -vectors_most(-value); }

// Eight returns: of a curve from each point to the next, else as they are.
#define VECTORS_RETURNS(column, areCurves)                                                                          \
    ((areCurves) ? VECTORS_LOAD(vectors_eight, (column) + 1) / VECTORS_LOAD(vectors_eight, column) - 1              \
                 : VECTORS_LOAD(vectors_eight, column))

// Adds to six times eight sums: own, own squared, losing squared, market, market squared, product; what is missing to the
// last eight adds nothing. Of curves, the most and the least of the own points but the first are told, and of those of the
// market; what is not a number is neither.
VECTORS_BODY void vectors_plain_body(
    int level, const double *own, const double *market, int64_t areCurves, int64_t count, double *sums, double *extremes) {
    vectors_eight s0 = VECTORS_LOAD(vectors_eight, sums), s1 = VECTORS_LOAD(vectors_eight, sums + 8);
    vectors_eight s2 = VECTORS_LOAD(vectors_eight, sums + 16), s3 = VECTORS_LOAD(vectors_eight, sums + 24);
    vectors_eight s4 = VECTORS_LOAD(vectors_eight, sums + 32), s5 = VECTORS_LOAD(vectors_eight, sums + 40);
    vectors_eight ownLeast = VECTORS_ALL(__builtin_inf()), ownMost = -ownLeast, least = ownLeast, most = ownMost;
    const vectors_eight zero = {};
    double lastOwn[9], lastMarket[9];
    for (int64_t i = 0; i < count; i += 8) {
        const double *o = own + i, *m = market + i;
        if (i + 8 > count) {
            // A curve that stands still returns nothing.
            for (int64_t k = 0; k < 9; k++) {
                const int64_t last = count - i;
                lastOwn[k] = areCurves ? o[k < last ? k : last] : k < last ? o[k] : 0;
                lastMarket[k] = areCurves ? m[k < last ? k : last] : k < last ? m[k] : 0;
            }
            o = lastOwn, m = lastMarket;
        }
        const vectors_eight r = VECTORS_RETURNS(o, areCurves), b = VECTORS_RETURNS(m, areCurves);
        const vectors_eight loss = VECTORS_WHERE(r < zero, r);
        s0 += r;
        s1 += r * r;
        s2 += loss * loss;
        s3 += b;
        s4 += b * b;
        s5 += b * r;
        if (areCurves) {
            const vectors_eight p = VECTORS_LOAD(vectors_eight, o + 1), q = VECTORS_LOAD(vectors_eight, m + 1);
            ownMost = VECTORS_EITHER(p > ownMost, p, ownMost);
            ownLeast = VECTORS_EITHER(p < ownLeast, p, ownLeast);
            most = VECTORS_EITHER(q > most, q, most);
            least = VECTORS_EITHER(q < least, q, least);
        }
    }
    VECTORS_STORE(sums, s0), VECTORS_STORE(sums + 8, s1), VECTORS_STORE(sums + 16, s2);
    VECTORS_STORE(sums + 24, s3), VECTORS_STORE(sums + 32, s4), VECTORS_STORE(sums + 40, s5);
    extremes[0] = vectors_least(ownLeast), extremes[1] = vectors_most(ownMost);
    extremes[2] = vectors_least(least), extremes[3] = vectors_most(most);
}

// Adds to four times eight sums the first four powers of deviations: of own - mean, and to as many more sums, if there is a
// line through own and market, of own - slope * market - intercept. What is left after whole eights goes to the first of
// eight sums.
VECTORS_BODY void vectors_powers_body(
    int level, const double *own, const double *market, int64_t areCurves, int64_t hasLine, int64_t count, double mean, double slope,
    double intercept, double *sums) {
    vectors_eight s1 = VECTORS_LOAD(vectors_eight, sums), s2 = VECTORS_LOAD(vectors_eight, sums + 8);
    vectors_eight s3 = VECTORS_LOAD(vectors_eight, sums + 16), s4 = VECTORS_LOAD(vectors_eight, sums + 24);
    vectors_eight t1 = VECTORS_LOAD(vectors_eight, sums + 32), t2 = VECTORS_LOAD(vectors_eight, sums + 40);
    vectors_eight t3 = VECTORS_LOAD(vectors_eight, sums + 48), t4 = VECTORS_LOAD(vectors_eight, sums + 56);
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const vectors_eight r = VECTORS_RETURNS(own + i, areCurves), d = r - mean, square = d * d;
        s1 += d;
        s2 += square;
        s3 += square * d;
        s4 += square * square;
        if (hasLine) {
            const vectors_eight e = r - slope * VECTORS_RETURNS(market + i, areCurves) - intercept, rest = e * e;
            t1 += e;
            t2 += rest;
            t3 += rest * e;
            t4 += rest * rest;
        }
    }
    for (; i < count; i++) {
        const double r = areCurves ? own[i + 1] / own[i] - 1 : own[i], d = r - mean, square = d * d;
        s1[0] += d;
        s2[0] += square;
        s3[0] += square * d;
        s4[0] += square * square;
        if (hasLine) {
            const double e = r - slope * (areCurves ? market[i + 1] / market[i] - 1 : market[i]) - intercept, rest = e * e;
            t1[0] += e;
            t2[0] += rest;
            t3[0] += rest * e;
            t4[0] += rest * rest;
        }
    }
    VECTORS_STORE(sums, s1), VECTORS_STORE(sums + 8, s2), VECTORS_STORE(sums + 16, s3), VECTORS_STORE(sums + 24, s4);
    VECTORS_STORE(sums + 32, t1), VECTORS_STORE(sums + 40, t2), VECTORS_STORE(sums + 48, t3), VECTORS_STORE(sums + 56, t4);
}

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

// Whether each of the numbers in a lane is greater than the one before, as minus one, to seen[0..<8]; whole eights only.
VECTORS_BODY void vectors_ascend_body(int level, const int64_t *numbers, int64_t count, int64_t *seen) {
    vectors_whole ascends = (vectors_whole){} - 1;
    for (int64_t i = 0; i + 8 <= count; i += 8)
        ascends &= VECTORS_LOAD(vectors_whole, numbers + i) > VECTORS_LOAD(vectors_whole, numbers + i - 1);
    VECTORS_STORE(seen, ascends);
}

// Fetches what will be read soon.
static inline void vectors_fetch(const void *address) { __builtin_prefetch(address); }

// 0, 1 or 2: which of the three this machine runs.
static inline int vectors_level(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return 2;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
    return 0;
}

// Defines vectors_NAME(level, ...), which calls the body as compiled for that level; the body may be told which that is.
#define VECTORS_UNWRAP(...) __VA_ARGS__
#define VECTORS_COMPILE(type, name, suffix, number, parameters, arguments, ...)              \
    __attribute__((noinline, ##__VA_ARGS__)) static type vectors_##name##suffix parameters { \
        return vectors_##name##_body(number, VECTORS_UNWRAP arguments);                      \
    }
#if defined(__x86_64__)
#define VECTORS_DEFINE(type, name, parameters, arguments)                                                            \
    VECTORS_COMPILE(type, name, _any, 0, parameters, arguments)                                                      \
    VECTORS_COMPILE(type, name, _256, 1, parameters, arguments, target("avx2,fma"))                                  \
    VECTORS_COMPILE(type, name, _512, 2, parameters, arguments, target("avx512f,avx512bw,avx512dq,avx512vl,fma"))    \
    static inline type vectors_##name(int level, VECTORS_UNWRAP parameters) {                                        \
        if (level == 2) return vectors_##name##_512 arguments;                                                       \
        if (level == 1) return vectors_##name##_256 arguments;                                                       \
        return vectors_##name##_any arguments;                                                                       \
    }
#else
#define VECTORS_DEFINE(type, name, parameters, arguments)                                                            \
    VECTORS_COMPILE(type, name, _any, 0, parameters, arguments)                                                      \
    static inline type vectors_##name(int level, VECTORS_UNWRAP parameters) { return vectors_##name##_any arguments; }
#endif

VECTORS_DEFINE(
    void, lanes,
    (const double *stored, int64_t pitch, int64_t count, double ticksPerUnit, int64_t areExact, double *prices,
     double *levels, int64_t *sums),
    (stored, pitch, count, ticksPerUnit, areExact, prices, levels, sums))
VECTORS_DEFINE(
    void, strengths,
    (const double *levels, int64_t bars, double fading, double *gains, double *losses, double *factors, double *strengths),
    (levels, bars, fading, gains, losses, factors, strengths))
VECTORS_DEFINE(
    void, averages, (const double *prices, int64_t bars, double weight, double *averages, double *values),
    (prices, bars, weight, averages, values))
VECTORS_DEFINE(
    void, means, (const int64_t *newest, const int64_t *oldest, int64_t count, double divisor, double *output),
    (newest, oldest, count, divisor, output))
VECTORS_DEFINE(
    void, greater,
    (const double *left, int64_t leftStep, const double *right, int64_t rightStep, double factor, int64_t words,
     int64_t areLanes, uint64_t *output),
    (left, leftStep, right, rightStep, factor, words, areLanes, output))
VECTORS_DEFINE(
    void, apart,
    (const double *left, int64_t leftStep, const double *right, int64_t rightStep, int64_t words, int64_t areLanes,
     uint64_t *output),
    (left, leftStep, right, rightStep, words, areLanes, output))
VECTORS_DEFINE(
    void, look,
    (const double *open, const double *high, const double *low, const double *close, const double *volume, int64_t count,
     double ticksPerUnit, int64_t *seen),
    (open, high, low, close, volume, count, ticksPerUnit, seen))
VECTORS_DEFINE(void, ascend, (const int64_t *numbers, int64_t count, int64_t *seen), (numbers, count, seen))
VECTORS_DEFINE(
    void, hold,
    (const double *close, int64_t from, int64_t to, int64_t limit, double rest, double quantity, double *points),
    (close, from, to, limit, rest, quantity, points))
VECTORS_DEFINE(
    int64_t, reach,
    (const double *low, const double *high, double below, double above, int64_t from, int64_t to, int64_t limit),
    (low, high, below, above, from, to, limit))
VECTORS_DEFINE(
    void, plain,
    (const double *own, const double *market, int64_t areCurves, int64_t count, double *sums, double *extremes),
    (own, market, areCurves, count, sums, extremes))
VECTORS_DEFINE(
    void, powers,
    (const double *own, const double *market, int64_t areCurves, int64_t hasLine, int64_t count, double mean, double slope,
     double intercept, double *sums),
    (own, market, areCurves, hasLine, count, mean, slope, intercept, sums))

#endif
