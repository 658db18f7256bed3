#ifndef PULSE_CMONGOC_SHIM_H
#define PULSE_CMONGOC_SHIM_H

#include <mongoc/mongoc.h>
#include <stdlib.h>

/* Otherwise Swift would see a struct, and not a pointer to something opaque. */
_Static_assert (_Alignof (bson_t) > 16, "libbson must be built with its default, ENABLE_EXTRA_ALIGNMENT=ON");

/* Where libmongoc puts a reply: it initialises the memory itself, so this must be no bson_new(). NULL without memory. */
static inline bson_t *pulse_reply_new (void)
{
   void *memory = NULL;
   if (posix_memalign (&memory, 128, sizeof (bson_t)) != 0) {
      return NULL;
   }
   bson_init ((bson_t *) memory);
   return (bson_t *) memory;
}

static inline void pulse_reply_free (bson_t *reply)
{
   bson_destroy (reply);
   free (reply);
}

/* A field of a type that Swift sees as opaque, because of its alignment. */
static inline uint32_t pulse_bson_length (const bson_t *document)
{
   return document->len;
}

#endif
