/* JSON tokens. What is doubtful is not read here: msgspec reads the whole again, and says
   what is wrong with it. So this may refuse what is right, and never take what is wrong. */

#include "reading.h"
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many of the next bytes are ordinary ones of a string: ASCII, no control character,
   neither quote nor backslash. Eight at a time, as long as there are eight. */
static inline const uint8_t *past_ordinary(const uint8_t *place, const uint8_t *end)
{
    while (end - place >= 8) {
        uint64_t word;
        memcpy(&word, place, 8);
        uint64_t quote = word ^ EACH('"'), slash = word ^ EACH('\\');
        /* Borrows only go up: of the bytes that are marked the lowest one truly stops us. */
        uint64_t stops = ((quote - EACH(1)) & ~quote) | ((slash - EACH(1)) & ~slash) |
                         (word - EACH(0x20)) | word;
        stops &= EACH(0x80);
        if (stops)
            return place + (__builtin_ctzll(stops) >> 3);
        place += 8;
    }
    while (*place >= 0x20 && *place < 0x80 && *place != '"' && *place != '\\')
        place++;
    return place;
}

static inline int follows(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Behind one character of two bytes or more; NULL if that is no UTF-8. */
static inline const uint8_t *past_wide(const uint8_t *place)
{
    uint8_t first = place[0], next = place[1];
    if (first >= 0xE0 && first < 0xF0) { /* nearly always, in Chinese */
        if (!follows(next) || !follows(place[2]) || (first == 0xE0 && next < 0xA0) ||
            (first == 0xED && next >= 0xA0))
            return NULL;
        return place + 3;
    }
    if (first >= 0xC2 && first < 0xE0)
        return follows(next) ? place + 2 : NULL;
    if (first < 0xF0 || first > 0xF4 || !follows(next) || !follows(place[2]) || !follows(place[3]) ||
        (first == 0xF0 && next < 0x90) || (first == 0xF4 && next >= 0x90))
        return NULL;
    return place + 4;
}

static int hex4(const uint8_t *place) /* -1: it is none */
{
    int value = 0;
    for (int each = 0; each < 4; each++) {
        uint8_t digit = place[each];
        uint8_t low = digit | 0x20;
        if (digit >= '0' && digit <= '9')
            value = value * 16 + digit - '0';
        else if (low >= 'a' && low <= 'f')
            value = value * 16 + low - 'a' + 10;
        else
            return -1;
    }
    return value;
}

/* Behind one escaped character; NULL if there is no such one. A pair of surrogates is one. */
static const uint8_t *past_escaped(const uint8_t *place)
{
    if (place[1] != 'u')
        return place[1] && strchr("\"\\/bfnrt", place[1]) ? place + 2 : NULL;
    int letter = hex4(place + 2);
    if (letter < 0 || (letter >= 0xDC00 && letter < 0xE000))
        return NULL;
    if (letter < 0xD800 || letter >= 0xE000)
        return place + 6;
    int second = place[6] == '\\' && place[7] == 'u' ? hex4(place + 8) : -1;
    return second >= 0xDC00 && second < 0xE000 ? place + 12 : NULL;
}

const uint8_t *read_string(const uint8_t *data, const uint8_t *place, const uint8_t *end, Token *token)
{
    const uint8_t *begin = place, *from;
    uint32_t more = 0; /* bytes than letters */
    token->escaped = 0;
    for (;;) {
        place = past_ordinary(place, end);
        if (*place == '"')
            break;
        from = place;
        if (*place >= 0x80)
            do {
                from = place;
                if ((place = past_wide(place)) == NULL)
                    return NULL;
                more += (uint32_t)(place - from) - 1;
            } while (*place >= 0x80);
        else if (*place == '\\') {
            if ((place = past_escaped(place)) == NULL)
                return NULL;
            more += (uint32_t)(place - from) - 1;
            token->escaped = 1;
        } else
            return NULL; /* a control character, or the end */
    }
    token->type = STRING;
    token->at = (uint32_t)(begin - data);
    token->length = (uint32_t)(place - begin);
    token->letters = token->length - more;
    return place + 1;
}

static inline int is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static const uint8_t *read_number(const uint8_t *data, const uint8_t *place, Token *token)
{
    const uint8_t *begin = place, *first;
    uint64_t whole = 0;
    Py_ssize_t digits, behind = 0;
    if (*place == '-')
        place++;
    first = place;
    while (is_digit(*place))
        whole = whole * 10 + (*place++ - '0');
    digits = place - first;
    if (digits == 0 || (digits > 1 && *first == '0'))
        return NULL;
    if (*place == '.') {
        const uint8_t *point = place++;
        while (is_digit(*place))
            whole = whole * 10 + (*place++ - '0');
        if ((behind = place - point - 1) == 0)
            return NULL;
        digits += behind;
    }
    token->plain = behind == 0 && digits <= 18;
    token->behind = digits <= 18 ? (uint8_t)behind : 255;
    if (*place == 'e' || *place == 'E') {
        place++;
        if (*place == '+' || *place == '-')
            place++;
        if (!is_digit(*place))
            return NULL;
        while (is_digit(*place))
            place++;
        token->plain = 0;
        token->behind = 255;
    }
    token->type = NUMBER;
    token->at = (uint32_t)(begin - data);
    token->length = (uint32_t)(place - begin);
    token->whole = *begin == '-' ? -(int64_t)whole : (int64_t)whole;
    return place;
}

static const uint8_t *read_word(const uint8_t *place, const uint8_t *end, Token *token)
{
    static const struct { const char *text; uint8_t type; } words[] = {
        {"true", YES}, {"false", NO}, {"null", NONE}};
    for (int each = 0; each < 3; each++) {
        size_t length = strlen(words[each].text);
        if ((size_t)(end - place) >= length && memcmp(place, words[each].text, length) == 0) {
            token->type = words[each].type;
            return place + length;
        }
    }
    return NULL;
}

const uint8_t *read_value(const uint8_t *data, const uint8_t *place, const uint8_t *end, Token *token)
{
    if (*place == '"')
        return read_string(data, place + 1, end, token);
    if (is_digit(*place) || *place == '-')
        return read_number(data, place, token);
    return read_word(place, end, token);
}

int read_double(const uint8_t *data, const Token *token, double *value)
{
    static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    if (token->type != NUMBER)
        return -1;
    /* Both are exact, so their quotient is the nearest double (W. D. Clinger, 1990). */
    if (token->behind < 19 && token->whole <= (INT64_C(1) << 53) && token->whole >= 0) {
        *value = (double)token->whole / tens[token->behind];
        return 0;
    }
    char text[64];
    if (token->length >= sizeof(text))
        return -1;
    memcpy(text, data + token->at, token->length);
    text[token->length] = 0;
    *value = PyOS_string_to_double(text, NULL, NULL);
    if (!PyErr_Occurred())
        return 0;
    PyErr_Clear();
    return -1;
}
