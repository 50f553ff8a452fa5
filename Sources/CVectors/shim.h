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

#define VECTORS_BODY static inline __attribute__((always_inline)) void

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
// Where eight lanes begin, and the same cell of all of them. The empty assembly hides how far they are apart: knowing it,
// the compiler would go from lane to lane by additions in every turn of a loop.
#define VECTORS_LANES(type, name, first, pitch)                                                           \
    type *name##0 = (first), *name##1 = name##0 + (pitch), *name##2 = name##1 + (pitch),                  \
         *name##3 = name##2 + (pitch), *name##4 = name##3 + (pitch), *name##5 = name##4 + (pitch),        \
         *name##6 = name##5 + (pitch), *name##7 = name##6 + (pitch);                                      \
    __asm__("" : "+r"(name##1), "+r"(name##2), "+r"(name##3));                                            \
    __asm__("" : "+r"(name##4), "+r"(name##5), "+r"(name##6), "+r"(name##7))
#define VECTORS_GATHER(name, i) \
    (vectors_eight) { name##0[i], name##1[i], name##2[i], name##3[i], name##4[i], name##5[i], name##6[i], name##7[i] }
#define VECTORS_SPREAD(name, i, value)                                                                  \
    name##0[i] = (value)[0], name##1[i] = (value)[1], name##2[i] = (value)[2], name##3[i] = (value)[3], \
    name##4[i] = (value)[4], name##5[i] = (value)[5], name##6[i] = (value)[6], name##7[i] = (value)[7]
#define VECTORS_ALL(number) ((vectors_eight){} + (number))

// Wilder's sums of gains and losses in eight lanes, and the strength of each: from the levels [from..<to] and the level
// before, with what each lane remembers going in and out. On a bar without a change both sums stay as they are, and so does
// the strength; that they would have faded equally is kept in a factor until the next change. The pitches are what lies
// between the same cells of two lanes.
VECTORS_BODY vectors_strengths_body(
    const double *levels, int64_t levelPitch, double *cells, int64_t cellPitch, int64_t from, int64_t to, double fading,
    double *gains, double *losses, double *factors) {
    vectors_eight gain = VECTORS_LOAD(vectors_eight, gains), loss = VECTORS_LOAD(vectors_eight, losses);
    vectors_eight factor = VECTORS_LOAD(vectors_eight, factors), before;
    const vectors_eight zero = {};
    VECTORS_LANES(const double, level, levels, levelPitch);
    VECTORS_LANES(double, cell, cells, cellPitch);
    before = VECTORS_GATHER(level, from - 1);
    for (int64_t i = from; i < to; i++) {
        const vectors_eight level = VECTORS_GATHER(level, i), change = level - before, fall = -change;
        const vectors_whole moves = change != zero;
        gain = VECTORS_EITHER(moves, gain * factor + VECTORS_WHERE(change > zero, change), gain);
        loss = VECTORS_EITHER(moves, loss * factor + VECTORS_WHERE(fall > zero, fall), loss);
        factor = VECTORS_EITHER(moves, VECTORS_ALL(fading), factor * fading);
        const vectors_eight both = gain + loss;
        const vectors_eight value = VECTORS_EITHER(both > zero, 100 * (gain / both), VECTORS_ALL(50));
        VECTORS_SPREAD(cell, i, value);
        before = level;
    }
    VECTORS_STORE(gains, gain);
    VECTORS_STORE(losses, loss);
    VECTORS_STORE(factors, factor);
}

// The exponential averages of eight lanes.
VECTORS_BODY vectors_averages_body(
    const double *prices, int64_t pricePitch, double *cells, int64_t cellPitch, int64_t from, int64_t to, double weight,
    double *averages) {
    vectors_eight value = VECTORS_LOAD(vectors_eight, averages);
    VECTORS_LANES(const double, price, prices, pricePitch);
    VECTORS_LANES(double, cell, cells, cellPitch);
    for (int64_t i = from; i < to; i++) {
        value = value + weight * (VECTORS_GATHER(price, i) - value);
        VECTORS_SPREAD(cell, i, value);
    }
    VECTORS_STORE(averages, value);
}

// Means of windows: differences of sums from 0 up to 2^53, divided. Eights are written whole.
VECTORS_BODY vectors_means_body(
    const int64_t *newest, const int64_t *oldest, int64_t count, double divisor, double *output) {
    for (int64_t i = 0; i < count; i += 8) {
        const vectors_bits sum = (vectors_bits)(VECTORS_LOAD(vectors_whole, newest + i) - VECTORS_LOAD(vectors_whole, oldest + i));
        // The two halves as fractions of 2^84 and 2^52: exact, and no instruction is needed that only some have.
        const vectors_eight upper = (vectors_eight)(sum >> 32 | 0x4530000000000000u);
        const vectors_eight lower = (vectors_eight)((sum & 0xffffffffu) | 0x4330000000000000u);
        VECTORS_STORE(output + i, ((upper - 0x1.00000001p84) + lower) / divisor);
    }
}

// A bit for each of 64 * words pairs: whether the left one is greater than the right one times the factor. A step is 1, or
// 0 for eight equal numbers.
VECTORS_BODY vectors_greater_body(
    const double *left, int64_t leftStep, const double *right, int64_t rightStep, double factor, int64_t words,
    uint64_t *output) {
    for (int64_t w = 0; w < words; w++) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) {
            const int64_t i = w * 64 + k * 8;
            const vectors_eight l = VECTORS_LOAD(vectors_eight, left + i * leftStep);
            const vectors_eight r = VECTORS_LOAD(vectors_eight, right + i * rightStep);
            const vectors_mask mask = __builtin_convertvector(l > r * factor, vectors_mask);
            uint8_t byte;
            memcpy(&byte, &mask, 1);
            word |= (uint64_t)byte << (k * 8);
        }
        output[w] = word;
    }
}

// The points of a holding at some closes: what lies beside it, and so many units.
VECTORS_BODY vectors_hold_body(const double *close, int64_t count, double rest, double quantity, double *points) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) VECTORS_STORE(points + i, rest + quantity * VECTORS_LOAD(vectors_eight, close + i));
    for (; i < count; i++) points[i] = rest + quantity * close[i];
}

// Eight returns: of a curve from each point to the next, else as they are.
#define VECTORS_RETURNS(column, areCurves)                                                                          \
    ((areCurves) ? VECTORS_LOAD(vectors_eight, (column) + 1) / VECTORS_LOAD(vectors_eight, column) - 1              \
                 : VECTORS_LOAD(vectors_eight, column))

// Adds to six times eight sums: own, own squared, losing squared, market, market squared, product; what is missing to the
// last eight adds nothing. Of curves, four times eight extremes go on: the most and the least of the own points but the
// first, and of those of the market.
VECTORS_BODY vectors_plain_body(
    const double *own, const double *market, int64_t areCurves, int64_t count, double *sums, double *extremes) {
    vectors_eight s0 = VECTORS_LOAD(vectors_eight, sums), s1 = VECTORS_LOAD(vectors_eight, sums + 8);
    vectors_eight s2 = VECTORS_LOAD(vectors_eight, sums + 16), s3 = VECTORS_LOAD(vectors_eight, sums + 24);
    vectors_eight s4 = VECTORS_LOAD(vectors_eight, sums + 32), s5 = VECTORS_LOAD(vectors_eight, sums + 40);
    vectors_eight ownMost = VECTORS_LOAD(vectors_eight, extremes), ownLeast = VECTORS_LOAD(vectors_eight, extremes + 8);
    vectors_eight most = VECTORS_LOAD(vectors_eight, extremes + 16), least = VECTORS_LOAD(vectors_eight, extremes + 24);
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
    VECTORS_STORE(extremes, ownMost), VECTORS_STORE(extremes + 8, ownLeast);
    VECTORS_STORE(extremes + 16, most), VECTORS_STORE(extremes + 24, least);
}

// Adds to four times eight sums the first four powers of deviations: of own - mean, and to as many more sums, if there is a
// line through own and market, of own - slope * market - intercept. What is left after whole eights goes to the first of
// eight sums.
VECTORS_BODY vectors_powers_body(
    const double *own, const double *market, int64_t areCurves, int64_t hasLine, int64_t count, double mean, double slope,
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
VECTORS_BODY vectors_look_body(
    const double *open, const double *high, const double *low, const double *close, const double *volume, int64_t count,
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
        for (int k = 0; k < 4; k++) {
            const vectors_eight scaled = prices[k] * ticksPerUnit, ticks = (scaled + magic) - magic;
            const vectors_eight apart = (vectors_eight)((vectors_whole)(scaled - ticks) & INT64_MAX);
            whole &= (vectors_whole)(scaled < limit) & (vectors_whole)(apart <= noise * scaled);
            exact &= (vectors_whole)(ticks / ticksPerUnit == prices[k]);
        }
        most = VECTORS_EITHER(h > most, h, most);
    }
    VECTORS_STORE(seen, sound), VECTORS_STORE(seen + 8, whole), VECTORS_STORE(seen + 16, exact);
    VECTORS_STORE(seen + 24, most);
}

// Whether each of the numbers in a lane is greater than the one before, as minus one, to seen[0..<8]; whole eights only.
VECTORS_BODY vectors_ascend_body(const int64_t *numbers, int64_t count, int64_t *seen) {
    vectors_whole ascends = (vectors_whole){} - 1;
    for (int64_t i = 0; i + 8 <= count; i += 8)
        ascends &= VECTORS_LOAD(vectors_whole, numbers + i) > VECTORS_LOAD(vectors_whole, numbers + i - 1);
    VECTORS_STORE(seen, ascends);
}

// 0, 1 or 2: which of the three this machine runs.
static inline int vectors_level(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return 2;
    if (__builtin_cpu_supports("avx2")) return 1;
#endif
    return 0;
}

// Defines vectors_NAME(level, ...), which calls the body as compiled for that level.
#define VECTORS_UNWRAP(...) __VA_ARGS__
#define VECTORS_COMPILE(name, suffix, parameters, arguments, ...)                            \
    __attribute__((noinline, ##__VA_ARGS__)) static void vectors_##name##suffix parameters { \
        vectors_##name##_body arguments;                                                     \
    }
#if defined(__x86_64__)
#define VECTORS_DEFINE(name, parameters, arguments)                                               \
    VECTORS_COMPILE(name, _any, parameters, arguments)                                            \
    VECTORS_COMPILE(name, _256, parameters, arguments, target("avx2"))                            \
    VECTORS_COMPILE(name, _512, parameters, arguments, target("avx512f,avx512dq,avx512vl"))       \
    static inline void vectors_##name(int level, VECTORS_UNWRAP parameters) {                     \
        if (level == 2) vectors_##name##_512 arguments;                                           \
        else if (level == 1) vectors_##name##_256 arguments;                                      \
        else vectors_##name##_any arguments;                                                      \
    }
#else
#define VECTORS_DEFINE(name, parameters, arguments)   \
    VECTORS_COMPILE(name, _any, parameters, arguments) \
    static inline void vectors_##name(int level, VECTORS_UNWRAP parameters) { vectors_##name##_any arguments; }
#endif

VECTORS_DEFINE(
    strengths,
    (const double *levels, int64_t levelPitch, double *cells, int64_t cellPitch, int64_t from, int64_t to, double fading,
     double *gains, double *losses, double *factors),
    (levels, levelPitch, cells, cellPitch, from, to, fading, gains, losses, factors))
VECTORS_DEFINE(
    averages,
    (const double *prices, int64_t pricePitch, double *cells, int64_t cellPitch, int64_t from, int64_t to, double weight,
     double *averages),
    (prices, pricePitch, cells, cellPitch, from, to, weight, averages))
VECTORS_DEFINE(
    means, (const int64_t *newest, const int64_t *oldest, int64_t count, double divisor, double *output),
    (newest, oldest, count, divisor, output))
VECTORS_DEFINE(
    greater,
    (const double *left, int64_t leftStep, const double *right, int64_t rightStep, double factor, int64_t words,
     uint64_t *output),
    (left, leftStep, right, rightStep, factor, words, output))
VECTORS_DEFINE(
    look,
    (const double *open, const double *high, const double *low, const double *close, const double *volume, int64_t count,
     double ticksPerUnit, int64_t *seen),
    (open, high, low, close, volume, count, ticksPerUnit, seen))
VECTORS_DEFINE(ascend, (const int64_t *numbers, int64_t count, int64_t *seen), (numbers, count, seen))
VECTORS_DEFINE(
    hold, (const double *close, int64_t count, double rest, double quantity, double *points),
    (close, count, rest, quantity, points))
VECTORS_DEFINE(
    plain,
    (const double *own, const double *market, int64_t areCurves, int64_t count, double *sums, double *extremes),
    (own, market, areCurves, count, sums, extremes))
VECTORS_DEFINE(
    powers,
    (const double *own, const double *market, int64_t areCurves, int64_t hasLine, int64_t count, double mean, double slope,
     double intercept, double *sums),
    (own, market, areCurves, hasLine, count, mean, slope, intercept, sums))

#endif
