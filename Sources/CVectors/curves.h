// Positions and what they leave: points of equity, and sums of returns.

#ifndef BITSTOCKERZ_CURVES
#define BITSTOCKERZ_CURVES

#include "kernels.h"

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
VECTORS_DEFINE(
    void, hold,
    (const double *close, int64_t from, int64_t to, int64_t limit, double rest, double quantity, double *points),
    (close, from, to, limit, rest, quantity, points))

// The first of the bars from..<to whose low is not above the one price or whose high is not below the other; `to` where there
// is none. Up to the limit, more may be read. Of the bar that is found the open is looked at next: it is fetched beside them.
VECTORS_BODY int64_t vectors_reach_body(
    int level, const double *open, const double *low, const double *high, double below, double above, int64_t from,
    int64_t to, int64_t limit) {
    int64_t i = from;
    for (; i < to && i + 32 <= limit; i += 32) {
        uint32_t quiet = 0;
        VECTORS_UNROLL
        for (int k = 0; k < 32; k += 8) {
            vectors_fetch(open + i + k);
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
VECTORS_DEFINE(
    int64_t, reach,
    (const double *open, const double *low, const double *high, double below, double above, int64_t from, int64_t to,
     int64_t limit),
    (open, low, high, below, above, from, to, limit))

// The most and the least of eight.
VECTORS_BODY double vectors_most(vectors_eight value) {
    vectors_eight other = __builtin_shufflevector(value, value, 4, 5, 6, 7, 4, 5, 6, 7);
    value = VECTORS_EITHER(other > value, other, value);
    other = __builtin_shufflevector(value, value, 2, 3, 2, 3, 2, 3, 2, 3);
    value = VECTORS_EITHER(other > value, other, value);
    return value[1] > value[0] ? value[1] : value[0];
}
VECTORS_BODY double vectors_least(vectors_eight value) { return -vectors_most(-value); }

// The first of the points from..<to that is not below a peak; `to` where all are. The least of those before it goes to the
// lowest, if it is less. What is not a number is below everything, but not the least.
VECTORS_BODY int64_t vectors_below_body(
    int level, const double *points, double peak, int64_t from, int64_t to, double *lowest) {
    vectors_eight least = VECTORS_ALL(__builtin_inf());
    int64_t i = from;
    for (; i + 8 <= to; i += 8) {
        const vectors_eight p = VECTORS_LOAD(vectors_eight, points + i);
        if (VECTORS_BYTE(p >= peak)) break;
        least = VECTORS_EITHER(p < least, p, least);
    }
    double found = vectors_least(least);
    for (; i < to && !(points[i] >= peak); i++)
        if (points[i] < found) found = points[i];
    if (found < *lowest) *lowest = found;
    return i;
}
VECTORS_DEFINE(
    int64_t, below, (const double *points, double peak, int64_t from, int64_t to, double *lowest),
    (points, peak, from, to, lowest))

// Adds to six times eight sums: own, own squared, losing squared, market, market squared, product; what is missing to the
// last eight adds nothing. The returns are those of two curves, which have one point more and are divided here, or they are
// there. Of curves they are written, in whole eights, and of both columns the least and the most are told: of the own
// points but the first, and of those of the market; what is not a number is neither. Up to the limit, more may be read.
VECTORS_BODY void vectors_plain_body(
    int level, const double *own, const double *market, int64_t areCurves, int64_t count, int64_t limit, double *sums, double *extremes,
    double *ownReturns, double *marketReturns) {
    vectors_eight s0 = VECTORS_LOAD(vectors_eight, sums), s1 = VECTORS_LOAD(vectors_eight, sums + 8);
    vectors_eight s2 = VECTORS_LOAD(vectors_eight, sums + 16), s3 = VECTORS_LOAD(vectors_eight, sums + 24);
    vectors_eight s4 = VECTORS_LOAD(vectors_eight, sums + 32), s5 = VECTORS_LOAD(vectors_eight, sums + 40);
    vectors_eight ownLeast = VECTORS_ALL(__builtin_inf()), ownMost = -ownLeast, least = ownLeast, most = ownMost;
    const vectors_eight zero = {}, none = VECTORS_ALL(__builtin_nan(""));
    const vectors_whole lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    double lastOwn[9], lastMarket[9];
    for (int64_t i = 0; i < count; i += 8) {
        const double *o = own + i, *m = market + i;
        const vectors_whole isThere = lanes < count - i;
        if (i + 8 > limit) {
            for (int64_t k = 0; k < 9; k++) {
                const int isRead = k < count - i + areCurves;
                lastOwn[k] = isRead ? o[k] : 1, lastMarket[k] = isRead ? m[k] : 1;
            }
            o = lastOwn, m = lastMarket;
        }
        vectors_eight p = VECTORS_LOAD(vectors_eight, o + areCurves), q = VECTORS_LOAD(vectors_eight, m + areCurves);
        vectors_eight r = areCurves ? p / VECTORS_LOAD(vectors_eight, o) - 1 : p;
        vectors_eight b = areCurves ? q / VECTORS_LOAD(vectors_eight, m) - 1 : q;
        if (i + 8 > count) {
            r = VECTORS_WHERE(isThere, r), b = VECTORS_WHERE(isThere, b);
            p = VECTORS_EITHER(isThere, p, none), q = VECTORS_EITHER(isThere, q, none);
        }
        if (areCurves) VECTORS_STORE(ownReturns + i, r), VECTORS_STORE(marketReturns + i, b);
        const vectors_eight loss = VECTORS_WHERE(r < zero, r);
        s0 += r;
        s1 += r * r;
        s2 += loss * loss;
        s3 += b;
        s4 += b * b;
        s5 += b * r;
        ownMost = VECTORS_EITHER(p > ownMost, p, ownMost);
        ownLeast = VECTORS_EITHER(p < ownLeast, p, ownLeast);
        most = VECTORS_EITHER(q > most, q, most);
        least = VECTORS_EITHER(q < least, q, least);
    }
    VECTORS_STORE(sums, s0), VECTORS_STORE(sums + 8, s1), VECTORS_STORE(sums + 16, s2);
    VECTORS_STORE(sums + 24, s3), VECTORS_STORE(sums + 32, s4), VECTORS_STORE(sums + 40, s5);
    extremes[0] = vectors_least(ownLeast), extremes[1] = vectors_most(ownMost);
    extremes[2] = vectors_least(least), extremes[3] = vectors_most(most);
}
VECTORS_DEFINE(
    void, plain,
    (const double *own, const double *market, int64_t areCurves, int64_t count, int64_t limit, double *sums, double *extremes,
     double *ownReturns, double *marketReturns),
    (own, market, areCurves, count, limit, sums, extremes, ownReturns, marketReturns))

// Adds to four times eight sums the first four powers of deviations: of own - mean, and to as many more sums, if there is a
// line through own and market, of own - slope * market - intercept. What is left after whole eights goes to the first of
// eight sums.
VECTORS_BODY void vectors_powers_body(
    int level, const double *own, const double *market, int64_t hasLine, int64_t count, double mean, double slope,
    double intercept, double *sums) {
    vectors_eight s1 = VECTORS_LOAD(vectors_eight, sums), s2 = VECTORS_LOAD(vectors_eight, sums + 8);
    vectors_eight s3 = VECTORS_LOAD(vectors_eight, sums + 16), s4 = VECTORS_LOAD(vectors_eight, sums + 24);
    vectors_eight t1 = VECTORS_LOAD(vectors_eight, sums + 32), t2 = VECTORS_LOAD(vectors_eight, sums + 40);
    vectors_eight t3 = VECTORS_LOAD(vectors_eight, sums + 48), t4 = VECTORS_LOAD(vectors_eight, sums + 56);
    int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const vectors_eight r = VECTORS_LOAD(vectors_eight, own + i), d = r - mean, square = d * d;
        s1 += d;
        s2 += square;
        s3 += square * d;
        s4 += square * square;
        if (hasLine) {
            const vectors_eight e = r - slope * VECTORS_LOAD(vectors_eight, market + i) - intercept, rest = e * e;
            t1 += e;
            t2 += rest;
            t3 += rest * e;
            t4 += rest * rest;
        }
    }
    for (; i < count; i++) {
        const double d = own[i] - mean, square = d * d;
        s1[0] += d;
        s2[0] += square;
        s3[0] += square * d;
        s4[0] += square * square;
        if (hasLine) {
            const double e = own[i] - slope * market[i] - intercept, rest = e * e;
            t1[0] += e;
            t2[0] += rest;
            t3[0] += rest * e;
            t4[0] += rest * rest;
        }
    }
    VECTORS_STORE(sums, s1), VECTORS_STORE(sums + 8, s2), VECTORS_STORE(sums + 16, s3), VECTORS_STORE(sums + 24, s4);
    VECTORS_STORE(sums + 32, t1), VECTORS_STORE(sums + 40, t2), VECTORS_STORE(sums + 48, t3), VECTORS_STORE(sums + 56, t4);
}
VECTORS_DEFINE(
    void, powers,
    (const double *own, const double *market, int64_t hasLine, int64_t count, double mean, double slope, double intercept,
     double *sums),
    (own, market, hasLine, count, mean, slope, intercept, sums))

#endif
