/* The key of a name: 64 bits of its UTF-8, salted, so that nobody can choose names that
   meet. Folded products of 64 bits, as fast hashes of today do it; it lives no longer than
   the process, and so do the tables that it is for. */

#ifndef ROOMWATCH_KEYS_H
#define ROOMWATCH_KEYS_H

#include "arrays.h"
#include <string.h>

#if !defined(__SIZEOF_INT128__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "written for 64-bit little-endian machines; without it numpy does the same"
#endif

extern uint64_t SALT[3];

static inline uint64_t eight(const uint8_t *from)
{
    uint64_t word;
    memcpy(&word, from, 8);
    return word;
}

static inline uint64_t four(const uint8_t *from)
{
    uint32_t word;
    memcpy(&word, from, 4);
    return word;
}

static inline uint64_t folded(uint64_t one, uint64_t other)
{
    unsigned __int128 product = (unsigned __int128)one * other;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t key_of_bytes(const uint8_t *name, size_t length)
{
    uint64_t first, last, key = SALT[0];
    if (length > 16) {
        const uint8_t *tail = name + length - 16;
        for (; name < tail; name += 16)
            key = folded(eight(name) ^ SALT[1], eight(name + 8) ^ key);
        first = eight(tail);
        last = eight(tail + 8);
    } else if (length >= 8) {
        first = eight(name);
        last = eight(name + length - 8);
    } else if (length >= 4) {
        first = four(name);
        last = four(name + length - 4);
    } else {
        first = length ? (uint64_t)name[0] << 16 | (uint64_t)name[length / 2] << 8 | name[length - 1] : 0;
        last = 0;
    }
    /* The length is a factor of its own: beside the bytes it could make up for one of them. */
    return folded(folded(first ^ SALT[1], last ^ key) ^ SALT[2], SALT[0] ^ length * SPREAD);
}

int salt(void);
int64_t key_of(PyObject *name); /* 0: it is None; else odd. Sets an exception if it is no text */
PyObject *keys(PyObject *module, PyObject *args);
PyObject *salted(PyObject *module, PyObject *args);

#endif
