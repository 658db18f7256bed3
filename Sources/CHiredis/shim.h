#ifndef PULSE_CHIREDIS_SHIM_H
#define PULSE_CHIREDIS_SHIM_H

#if __has_include(<hiredis/hiredis.h>)
#include <hiredis/hiredis.h>
#else
#include <hiredis.h>
#endif

#if HIREDIS_MAJOR >= 1
typedef size_t pulse_array_size;
#else
typedef int pulse_array_size;
#endif

/* No reply to what is asked for has more elements, or an array within an array. */
enum { PULSE_MAXIMUM_ELEMENTS = 8 };

static inline void *pulse_create_array(const redisReadTask *task, pulse_array_size elements) {
    const redisReplyObjectFunctions *original = (const redisReplyObjectFunctions *)task->privdata;
    return task->parent || elements > PULSE_MAXIMUM_ELEMENTS ? NULL : original->createArray(task, elements);
}

/* Makes the connection fail at an array that is too long, before memory is taken for it. `bounded` is overwritten, and
   must live as long as the connection. */
static inline void pulse_bound_arrays(redisContext *context, redisReplyObjectFunctions *bounded) {
    *bounded = *context->reader->fn;
    bounded->createArray = pulse_create_array;
    context->reader->privdata = context->reader->fn;
    context->reader->fn = bounded;
}

#endif
