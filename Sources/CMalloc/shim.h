// What the C library offers for its allocator and Swift's Glibc leaves out.
#pragma once
#include <malloc.h>
