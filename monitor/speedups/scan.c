/* Blobs of facts into columns, without a Python object a fact.

   One pass over the bytes: items, their fields as tokens, then the tokens against what the
   kind's Struct allows. Whatever is not plain (a mistake, an escape in a name, a field that
   holds an object) makes `scan` give None: then msgspec reads the blob, and finds the words.
   So both take the same facts; tests/speedups/test_scan.py holds one to the other. */

#include "scan.h"
#include <string.h>

#define AHEAD 8 /* facts */

enum { WORD, TEXT, WHOLE, INSTANT, YES_OR_NO, CHOICE, NOT_HERE }; /* as in formats/scanner.py */

typedef struct { /* the room that a fact is of, while its number is not known */
    uint64_t key;
    const uint8_t *name; /* NULL: it is known */
    size_t length;
} Named;

typedef struct {
    Scanner *scanner;
    Scan *scan;
    Named *named; /* of each fact */
    const uint8_t *data, *end;
    uint64_t present; /* fields of the item that is read */
    int strange;      /* it has others, too */
    int small;        /* others are refused: one might come twice */
    Token token[MOST_FIELDS];
} Reader;

static inline Name *name_at(Names *names, const uint8_t *name, size_t length,
                                  const uint8_t *end)
{
    uint64_t start = start_of(name, length, end);
    Name *found = &names->of[place_of(names, start, name, length)];
    if (found->start != start || found->length != length || found->field < 0 ||
        (length > 8 && memcmp(found->name + 8, name + 8, length - 8) != 0))
        return NULL;
    return found;
}

/* Whether a name, and the quote behind it, is what is expected: mostly it is as last time. */
static inline int is_expected(const Name *guess, const uint8_t *name, const uint8_t *end)
{
    if (guess == NULL || (size_t)(end - name) < guess->length + 8)
        return 0;
    uint64_t start;
    memcpy(&start, name, 8);
    return ((start ^ guess->start) & guess->mask) == 0 && name[guess->length] == '"' &&
           (guess->length <= 8 || memcmp(guess->name + 8, name + 8, guess->length - 8) == 0);
}

/* The fields of an object, from behind its brace to behind the other. `data` is of the
   outer one alone, and NULL in it. */
static const uint8_t *read_fields(Reader *reader, Names *names, const uint8_t *place, int inside)
{
    place = past_space(place);
    if (*place == '}')
        return place + 1;
    for (Name **guess = &names->first;;) {
        Token junk, *token = &junk;
        Name *known = *guess;
        if (*place++ != '"')
            return NULL;
        if (is_expected(known, place, reader->end))
            place += known->length;
        else {
            const uint8_t *name = place;
            while (*place != '"' && *place != '\\' && *place >= 0x20 && *place < 0x80)
                place++;
            if (*place != '"')
                return NULL;
            known = name_at(names, name, (size_t)(place - name), reader->end);
        }
        if (known != NULL) {
            *guess = known;
            guess = &known->next;
            uint64_t bit = UINT64_C(1) << known->field;
            if (reader->present & bit)
                return NULL; /* twice: which of them holds is not for us to say */
            reader->present |= bit;
            token = &reader->token[known->field];
        } else if (reader->small)
            return NULL;
        place = past_space(place + 1);
        if (*place++ != ':')
            return NULL;
        place = past_space(place);
        if (*place == '{' && known != NULL && !inside && known->field == reader->scanner->data) {
            token->type = OBJECT;
            place = read_fields(reader, &reader->scanner->inner, place + 1, 1);
        } else if (known != NULL && known->field == reader->scanner->data)
            return NULL;
        else
            place = read_value(reader->data, place, reader->end, token);
        if (place == NULL)
            return NULL;
        place = past_space(place);
        if (*place == '}')
            return place + 1;
        if (*place++ != ',')
            return NULL;
        place = past_space(place);
    }
}

static inline int same_text(const Reader *reader, const Token *token, const char *text, size_t length)
{
    return token->type == STRING && !token->escaped && token->length == length &&
           memcmp(reader->data + token->at, text, length) == 0;
}

/* Whether a token is what its field may hold, adding its flag; an absent one is taken out. */
static inline int allowed(Reader *reader, const Spec *spec, const Token *token, uint64_t bit, Fact *fact)
{
    if (token->type == NONE && spec->nullable) {
        reader->present &= ~bit;
        return 1;
    }
    switch (spec->code) {
    case WORD:
    case TEXT:
        if (token->type != STRING || (token->escaped && spec->code == WORD) ||
            token->letters < spec->least || token->letters > spec->most)
            return 0;
        fact->flags |= spec->flag;
        return 1;
    case WHOLE:
        return token->type == NUMBER && token->plain && token->whole >= spec->least &&
               token->whole <= spec->most;
    case INSTANT:
        return read_double(reader->data, token, &fact->at) == 0 && fact->at >= (double)spec->least &&
               fact->at <= (double)spec->most;
    case YES_OR_NO:
        if (token->type == YES)
            fact->flags |= spec->flag;
        return token->type == YES || token->type == NO;
    case CHOICE:
        for (int each = 0; each < spec->options; each++)
            if (same_text(reader, token, spec->option[each].text, spec->option[each].length)) {
                fact->flags |= spec->option[each].flag;
                return 1;
            }
        return 0;
    default: /* NOT_HERE: only null would do */
        return 0;
    }
}

static inline int has_field(const Reader *reader, int field)
{
    return field >= 0 && (reader->present >> field & 1);
}

static inline int64_t key_at(const Reader *reader, int field) /* 0: it has none */
{
    if (!has_field(reader, field))
        return 0;
    const Token *token = &reader->token[field];
    return (int64_t)(key_of_bytes(reader->data + token->at, token->length) | 1);
}

static inline int64_t whole_at(const Reader *reader, int field, int64_t otherwise)
{
    return has_field(reader, field) ? reader->token[field].whole : otherwise;
}

static inline void keep(Reader *reader, Fact *fact, int word, int field)
{
    if (has_field(reader, field)) {
        fact->word[word] = reader->token[field].at;
        fact->length[word] = reader->token[field].length;
        fact->escaped |= reader->token[field].escaped;
    }
}

/* Envelopes of a blob are of one source, and no recording's. */
static int of_one_source(Reader *reader)
{
    const Scanner *scanner = reader->scanner;
    const Token *source = &reader->token[scanner->source];
    if (!has_field(reader, scanner->source) || source->type != STRING || source->escaped ||
        (has_field(reader, scanner->recorded) && reader->token[scanner->recorded].type != NONE))
        return 0;
    if (reader->scan->source == NULL) {
        reader->scan->source =
            PyUnicode_DecodeUTF8((const char *)reader->data + source->at, source->length, NULL);
        return reader->scan->source != NULL;
    }
    Py_ssize_t size;
    const char *known = PyUnicode_AsUTF8AndSize(reader->scan->source, &size);
    return known != NULL && same_text(reader, source, known, (size_t)size);
}

/* What an envelope says of its fact: the room (and session) as subject, and a time. */
static int unwrap(Reader *reader, Fact *fact, const uint8_t **room, size_t *room_length)
{
    const Scanner *scanner = reader->scanner;
    const Token *subject = &reader->token[scanner->subject], *time = &reader->token[scanner->time];
    if (!has_field(reader, scanner->subject) || !has_field(reader, scanner->time))
        return 0;
    const uint8_t *name = reader->data + subject->at, *slash = memchr(name, '/', subject->length);
    size_t length = slash ? (size_t)(slash - name) : subject->length;
    if (length == 0 || subject->letters > 256) /* longer ones are looked at with care */
        return 0;
    if (subject->length > length + 1)
        fact->flags |= NAMED;
    *room = name;
    *room_length = length;
    return read_time(reader->data + time->at, time->length, &fact->at) == 0;
}

static inline int kind_at(const Reader *reader)
{
    const Token *type = &reader->token[reader->scanner->type];
    if (!has_field(reader, reader->scanner->type) || type->type != STRING || type->escaped)
        return -1;
    const Name *tag =
        name_at(&reader->scanner->tags, reader->data + type->at, type->length, reader->end);
    return tag ? tag->field : -1;
}

/* The fact that the tokens are; 0 if they are none that we take. */
static int understood(Reader *reader, Fact *fact)
{
    Scanner *scanner = reader->scanner;
    int number = kind_at(reader);
    if (number < 0 || (scanner->source >= 0 && !of_one_source(reader)))
        return 0;
    Kind *kind = &scanner->kinds[number];
    fact->kind = (uint8_t)number;
    fact->flags = fact->escaped = 0;
    fact->fact = NULL;
    for (int word = 0; word < WORDS; word++)
        fact->word[word] = 0, fact->length[word] = ABSENT;
    if (!kind->columnar) {
        PyObject *item = PyBytes_FromStringAndSize((const char *)reader->data + fact->begin,
                                                   fact->end - fact->begin);
        PyObject *made = item ? PyObject_CallOneArg(scanner->make, item) : NULL;
        Py_XDECREF(item);
        if (made == NULL)
            return 0;
        if (fill_from(reader->scan, fact, made) < 0) {
            Py_DECREF(made);
            return 0;
        }
        fact->fact = made;
        reader->named[reader->scan->length].name = NULL;
        return 1;
    }
    if ((reader->present & kind->required) != kind->required)
        return 0;
    for (uint64_t left = reader->present & kind->known; left; left &= left - 1) {
        int field = __builtin_ctzll(left);
        if (!allowed(reader, &kind->spec[field], &reader->token[field], UINT64_C(1) << field, fact))
            return 0;
    }
    const uint8_t *room = NULL;
    size_t length = 0;
    if (scanner->subject >= 0) {
        if (!unwrap(reader, fact, &room, &length))
            return 0;
    } else {
        room = reader->data + reader->token[scanner->room].at;
        length = reader->token[scanner->room].length;
    }
    reader->named[reader->scan->length] = (Named){key_of_bytes(room, length) | 1, room, length};
    fact->id = key_at(reader, scanner->id);
    fact->person = key_at(reader, kind->person);
    fact->order = key_at(reader, kind->order);
    fact->value = kind->value < 0 ? 1 : whole_at(reader, kind->value, kind->no_value);
    fact->second = kind->second < 0 ? 0 : whole_at(reader, kind->second, kind->no_second);
    keep(reader, fact, USER, kind->person);
    keep(reader, fact, CURRENCY, kind->currency);
    keep(reader, fact, SUBJECT, kind->subject);
    return 1;
}

static int another(Reader *reader, Py_ssize_t *places) /* room for one more fact */
{
    Scan *scan = reader->scan;
    if (scan->length < *places)
        return 0;
    Py_ssize_t more = *places ? *places * 2 : 64;
    Fact *facts = PyMem_Realloc(scan->facts, more * sizeof(Fact));
    if (facts)
        scan->facts = facts;
    Named *named = facts ? PyMem_Realloc(reader->named, more * sizeof(Named)) : NULL;
    if (named == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    reader->named = named;
    *places = more;
    return 0;
}

/* The numbers of all rooms, when all is read: so many are fetched at a time. */
static int number_rooms(const Reader *reader)
{
    Scan *scan = reader->scan;
    const Rooms *rooms = scan->rooms;
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        const Named *named = &reader->named[index];
        if (index + AHEAD < scan->length)
            __builtin_prefetch(&rooms->known[(uint32_t)(named[AHEAD].key >> 1) & (rooms->places - 1)]);
        if (named->name == NULL)
            continue;
        const Known *known = place_at(rooms->known, rooms->places, named->key);
        int number = (int)known->number;
        if (number)
            scan->good &= known->good;
        else if ((number = room_number(scan, named->key, named->name, named->length)) < 0)
            return -1;
        scan->facts[index].room = (uint32_t)number;
    }
    return 0;
}

/* All items: of an array, or one a line. 0: all of them were read. */
static int read_items(Reader *reader)
{
    const uint8_t *place = past_space(reader->data);
    int array = *place == '[';
    Py_ssize_t places = 0;
    if (array)
        place = past_space(place + 1);
    while (*place == '{') {
        if (another(reader, &places) < 0)
            return -1;
        Fact *fact = &reader->scan->facts[reader->scan->length];
        fact->begin = (uint32_t)(place - reader->data);
        reader->present = 0;
        place = read_fields(reader, &reader->scanner->outer, place + 1, 0);
        if (place == NULL)
            return -1;
        fact->end = (uint32_t)(place - reader->data);
        if (!understood(reader, fact))
            return -1;
        reader->scan->length++;
        const uint8_t *next = past_space(place);
        if (array && *next == ',') {
            next = past_space(next + 1);
            if (*next != '{')
                return -1;
        } else if (array) {
            if (*next != ']')
                return -1;
            next = past_space(next + 1);
            return next == reader->end ? 0 : -1;
        } else if (next != reader->end && memchr(place, '\n', next - place) == NULL)
            return -1;
        place = next;
    }
    return !array && place == reader->end && reader->scan->length > 0 ? 0 : -1;
}

/* scan(scanner, data, small) -> Scan, or None where msgspec must look. With `small`, fields
   that are not known are looked at by others. */
PyObject *scan(PyObject *module, PyObject *args)
{
    PyObject *scanner, *data;
    Reader reader = {.present = 0};
    if (!PyArg_ParseTuple(args, "O!O!p", &Scanner_type, &scanner, &PyBytes_Type, &data,
                          &reader.small))
        return NULL;
    if (PyBytes_GET_SIZE(data) >= INT32_MAX)
        Py_RETURN_NONE;
    Scan *made = new_scan(scanner, data);
    if (made == NULL)
        return NULL;
    reader.scanner = (Scanner *)scanner;
    reader.scan = made;
    reader.data = (const uint8_t *)PyBytes_AS_STRING(data);
    reader.end = reader.data + PyBytes_GET_SIZE(data);
    int failed = read_items(&reader) < 0 || number_rooms(&reader) < 0;
    PyMem_Free(reader.named);
    if (failed) {
        Py_DECREF(made);
        /* What `make` says of an item, it says again when the blob is read with care. */
        if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_Exception))
            return NULL;
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    return (PyObject *)made;
}

static int digits(const uint8_t *text, int count) /* -1: they are none */
{
    int value = 0;
    for (int each = 0; each < count; each++) {
        if (text[each] < '0' || text[each] > '9')
            return -1;
        value = value * 10 + text[each] - '0';
    }
    return value;
}

/* A time of RFC 3339 in UTC, to the microsecond at most, as formats/instants.py reads it. */
int read_time(const uint8_t *text, size_t length, double *at)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const double tens[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (length < 20 || length == 21 || length > 27 || text[length - 1] != 'Z' || text[4] != '-' ||
        text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        (length > 20 && text[19] != '.'))
        return -1;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    int part = length > 20 ? digits(text + 20, (int)length - 21) : 0;
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 2001 || year > 2098 || month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] + (leap && month == 2) || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 59 || part < 0)
        return -1;
    int64_t since = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 + day - 1; /* days, of 1901-2099 */
    for (int each = 0; each < month - 1; each++)
        since += days[each] + (leap && each == 1);
    int64_t whole = ((since * 24 + hour) * 60 + minute) * 60 + second;
    *at = (double)whole;
    if (length > 20)
        *at += (double)part / tens[length - 21];
    return 0;
}
