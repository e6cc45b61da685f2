/* JSON as it is read: one token after the other, nothing made of it. */

#ifndef ROOMWATCH_READING_H
#define ROOMWATCH_READING_H

#include "arrays.h"

enum { NOTHING, STRING, NUMBER, YES, NO, NONE, OBJECT };

typedef struct {
    uint8_t type;
    uint8_t escaped;   /* a string: holds escapes */
    uint8_t plain;     /* a number: an integer that fits, in `whole` */
    uint8_t behind;    /* a number without an exponent: digits behind the point; else 255 */
    uint32_t at;       /* where it begins; of a string, behind its quote */
    uint32_t length;   /* bytes */
    uint32_t letters;  /* of a string: code points */
    int64_t whole;     /* of a number: all its digits */
} Token;

/* All of these take where to read on and give it back, or NULL where that is no JSON, or
   more than we care to read here. The bytes end with a 0, which is part of no token. */
const uint8_t *read_string(const uint8_t *data, const uint8_t *place, const uint8_t *end, Token *token);
const uint8_t *read_value(const uint8_t *data, const uint8_t *place, const uint8_t *end, Token *token);
int read_double(const uint8_t *data, const Token *token, double *value); /* 0: it is one */

static inline const uint8_t *past_space(const uint8_t *place)
{
    while (*place == ' ' || *place == '\n' || *place == '\r' || *place == '\t')
        place++;
    return place;
}

#endif
