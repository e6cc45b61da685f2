/* A blob of facts, read: of each fact where it stands, and its numbers. */

#ifndef ROOMWATCH_SCAN_H
#define ROOMWATCH_SCAN_H

#include "keys.h"
#include "reading.h"

#define MOST_FIELDS 60
#define MOST_OPTIONS 6
#define MOST_KINDS 64
#define NAMES 256 /* places in a table of names of fields */

enum { USER, SUBJECT, CURRENCY, WORDS }; /* texts of a fact; the subject is its text, SKU or way */

typedef struct {
    double at;
    int64_t id, person, value, second, order;
    uint32_t begin, end;
    uint32_t word[WORDS], length[WORDS]; /* where its texts stand; a length of ABSENT: it has none */
    uint32_t room; /* its number */
    uint8_t kind, flags, escaped; /* escaped: its subject */
    PyObject *fact; /* the Struct, once somebody wanted it */
} Fact;

#define ABSENT UINT32_MAX

typedef struct Name {
    char *name;
    size_t length;
    uint64_t start, mask; /* its first eight bytes, or all of them; which of eight they are */
    int field;            /* -1: a free place */
    struct Name *next;    /* what came behind it last, which is a good guess */
} Name;

typedef struct {
    uint64_t spread; /* odd; sends each name to a place of its own */
    Name of[NAMES], *first; /* first: what came first, last time */
} Names;

typedef struct {
    uint8_t code, nullable, flag;
    int64_t least, most; /* of a number; of a string, letters */
    int options;
    struct { char *text; size_t length; uint8_t flag; } option[MOST_OPTIONS];
} Spec;

typedef struct {
    int columnar; /* if not, its Structs are made at once */
    uint64_t required, known;
    int person, value, second, order, subject, currency; /* fields; -1: none */
    int64_t no_value, no_second;
    Spec spec[MOST_FIELDS];
} Kind;

typedef struct {
    PyObject *name;
    uint64_t key;
    int64_t row;          /* which it has in the rows of that version; 0: not known */
    uint64_t version;
    uint64_t asked; /* by whom its row was asked for last */
    uint32_t place; /* in a list */
} Room;

typedef struct { /* where a key is looked for; number 0: a free place */
    uint64_t key;
    uint32_t number;
    uint32_t good; /* facts may be told of it */
} Known;

typedef struct { /* names of rooms, which keep their numbers; of a scanner and its scans */
    Py_ssize_t holders;
    Known *known;
    Room *of; /* by number; the first one is none */
    uint32_t places, count, space;
    uint64_t asked;
} Rooms;

typedef struct {
    PyObject_HEAD
    Names outer, inner, tags;
    Kind *kinds;
    int kinds_count;
    int type, room, id, data, source, subject, time, recorded; /* fields; -1: none in this form */
    PyObject *make; /* bytes of one item to its Struct */
    PyObject *layouts;
    Rooms *rooms;
    uint64_t gone; /* rooms that are heard of no more, of those */
} Scanner;

typedef struct {
    PyObject_HEAD
    PyObject *scanner, *data, *source;
    Py_ssize_t length;
    Fact *facts;
    Rooms *rooms;
    int good; /* all rooms are */
} Scan;

extern PyTypeObject Scanner_type, Scan_type;

PyObject *make_scanner(PyObject *module, PyObject *args);
PyObject *scan(PyObject *module, PyObject *args);
PyObject *collect(PyObject *module, PyObject *args);
PyObject *texts(PyObject *module, PyObject *args);
PyObject *text_keys(PyObject *module, PyObject *args);
PyObject *forget_rooms(PyObject *module, PyObject *args);
PyObject *approve(PyObject *module, PyObject *scan);
PyObject *split(PyObject *module, PyObject *args);
PyObject *unpack(PyObject *module, PyObject *args);

Scan *new_scan(PyObject *scanner, PyObject *data);

/* Where a key is among the rooms that are known, or would come. */
static inline Known *place_at(Known *known, uint32_t places, uint64_t key)
{
    uint32_t place = (uint32_t)(key >> 1) & (places - 1);
    while (known[place].number && known[place].key != key)
        place = (place + 1) & (places - 1);
    return &known[place];
}

static inline uint64_t start_of(const uint8_t *text, size_t length, const uint8_t *end)
{
    uint64_t start = 0;
    if (end - text < 8) {
        memcpy(&start, text, length < 8 ? length : 8);
        return start;
    }
    memcpy(&start, text, 8);
    return length < 8 ? start & ((UINT64_C(1) << (8 * length)) - 1) : start;
}

/* Where a name belongs in a table; those of one start differ in their length or their end. */
static inline uint32_t place_of(const Names *names, uint64_t start, const uint8_t *name, size_t length)
{
    uint64_t tail = length > 8 ? eight(name + length - 8) : 0;
    return (uint32_t)(((start + length + tail * 31) * names->spread) >> 56);
}

Rooms *new_rooms(void);
void drop_rooms(Rooms *rooms);
int renew_rooms(Scanner *scanner);
int room_number(Scan *scan, uint64_t key, const uint8_t *name, size_t length);
uint32_t *rooms_met(const Scan *scan, Py_ssize_t *count);
int fill_from(Scan *scan, Fact *fact, PyObject *made);
PyObject *fact_of(Scan *scan, Py_ssize_t index); /* borrowed */
int read_time(const uint8_t *text, size_t length, double *at); /* 0: it is one */

#endif
