// The loops a backtest spends its time in, each compiled three times: for every processor of the family, for one with
// vectors of 256 bits and for one with 512. Which of them runs is measured at run time (choice.h). Swift compiles a whole
// program for one kind of processor; that is the only reason why this is C.
//
// All three do the same operations in the same order on doubles, so they give the same bits: nothing is fused
// (FP_CONTRACT OFF) but where it is proven that this gives the same double, and the order of sums is that of eight lanes
// whatever the width of a register.

#ifndef BITSTOCKERZ_KERNELS
#define BITSTOCKERZ_KERNELS

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

// Fetches what will be read soon.
static inline void vectors_fetch(const void *address) { __builtin_prefetch(address); }

// 0, 1 or 2: the highest of the three that this processor understands.
static inline int vectors_highest_level(void) {
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

#endif
