#ifndef PULSE_CMALLOC_SHIM_H
#define PULSE_CMALLOC_SHIM_H

#include <stdlib.h>

// mallopt, which Swift's own import of glibc leaves out.
#ifdef __GLIBC__
#include <malloc.h>
#endif

#endif
