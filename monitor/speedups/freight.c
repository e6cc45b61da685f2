/* What was scanned, on its way to another process: each fact to the owner of its room.

   head │ facts │ names of rooms │ source │ bytes of the items

   Both ends are this file, compiled once, with the same salt; nobody else writes it. */

#include "scan.h"
#include <string.h>

typedef struct {
    uint32_t size; /* of a fact: another build is not understood */
    uint32_t facts, rooms, source;
    uint64_t items; /* bytes */
} Head;

typedef struct { /* what one owner gets */
    Head head;
    Py_ssize_t names;  /* bytes */
    Py_ssize_t offset; /* where its next item goes */
    PyObject *message;
    Fact *next;
} Share;

static Py_ssize_t name_of(const Scan *scan, Py_ssize_t room, const char **name)
{
    Py_ssize_t size = 0;
    *name = PyUnicode_AsUTF8AndSize(PyList_GET_ITEM(scan->rooms, room), &size);
    return size;
}

static int open_share(Share *share, const Scan *scan, const int64_t *owners, int64_t owner)
{
    const char *name, *source = NULL;
    Py_ssize_t size = 0, before = sizeof(Head) + share->head.facts * sizeof(Fact);
    if (scan->source != NULL && (source = PyUnicode_AsUTF8AndSize(scan->source, &size)) == NULL)
        return -1;
    share->head.size = sizeof(Fact);
    share->head.source = source ? (uint32_t)size + 1 : 0; /* an empty one is one */
    share->message = PyBytes_FromStringAndSize(NULL, before + share->names + size + share->head.items);
    if (share->message == NULL)
        return -1;
    char *to = PyBytes_AS_STRING(share->message);
    memcpy(to, &share->head, sizeof(Head));
    share->next = (Fact *)(to + sizeof(Head));
    to += before;
    for (Py_ssize_t room = 0; room < PyList_GET_SIZE(scan->rooms); room++)
        if (owners[room] == owner) {
            uint32_t length = (uint32_t)name_of(scan, room, &name);
            memcpy(to, &length, sizeof(length));
            memcpy(to + sizeof(length), name, length);
            to += sizeof(length) + length;
        }
    if (source)
        memcpy(to, source, size);
    share->offset = before + share->names + size;
    return 0;
}

static int measure(const Scan *scan, const int64_t *owners, uint32_t *places, Share *shares, int64_t count)
{
    const char *name;
    for (Py_ssize_t room = 0; room < PyList_GET_SIZE(scan->rooms); room++) {
        if (owners[room] < 0 || owners[room] >= count) {
            PyErr_SetString(PyExc_IndexError, "there are not so many owners");
            return -1;
        }
        Share *share = &shares[owners[room]];
        places[room] = share->head.rooms++;
        share->names += sizeof(uint32_t) + name_of(scan, room, &name);
        if (name == NULL)
            return -1;
    }
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        const Fact *fact = &scan->facts[index];
        Share *share = &shares[owners[fact->room]];
        share->head.facts++;
        share->head.items += fact->end - fact->begin;
    }
    return 0;
}

static void load(const Scan *scan, const int64_t *owners, const uint32_t *places, Share *shares)
{
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        const Fact *fact = &scan->facts[index];
        Share *share = &shares[owners[fact->room]];
        Fact *made = share->next++;
        uint32_t moved = (uint32_t)share->offset - fact->begin;
        size_t length = fact->end - fact->begin;
        *made = *fact;
        made->fact = NULL;
        made->room = places[fact->room];
        made->begin += moved;
        made->end += moved;
        for (int word = 0; word < WORDS; word++)
            made->word[word] += moved;
        memcpy(PyBytes_AS_STRING(share->message) + share->offset,
               PyBytes_AS_STRING(scan->data) + fact->begin, length);
        share->offset += (Py_ssize_t)length;
    }
}

/* split(scan, owners, count) -> [a message for each owner, None where it gets nothing]

   `owners` is of as many numbers as the scan has rooms, each from 0 up to `count`. */
PyObject *split(PyObject *module, PyObject *args)
{
    PyObject *object, *owners_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length;
    int count;
    if (!PyArg_ParseTuple(args, "O!Oi", &Scan_type, &object, &owners_, &count))
        return NULL;
    const Scan *scan = (Scan *)object;
    const int64_t *owners = items(&arrays, owners_, 8, &length);
    if (owners == NULL || length != PyList_GET_SIZE(scan->rooms) || count < 1)
        return wrong_lengths(&arrays);
    Share *shares = PyMem_Calloc(count, sizeof(Share));
    uint32_t *places = PyMem_Calloc(length + 1, sizeof(uint32_t));
    PyObject *messages = shares && places ? PyList_New(count) : PyErr_NoMemory();
    int bad = messages == NULL || measure(scan, owners, places, shares, count) < 0;
    for (int each = 0; !bad && each < count; each++)
        if (shares[each].head.facts)
            bad = open_share(&shares[each], scan, owners, each) < 0;
    if (!bad)
        load(scan, owners, places, shares);
    for (int each = 0; messages && each < count; each++)
        PyList_SET_ITEM(messages, each,
                        shares[each].message ? shares[each].message : Py_NewRef(Py_None));
    if (bad)
        Py_CLEAR(messages);
    PyMem_Free(shares);
    PyMem_Free(places);
    return closed(&arrays, messages);
}

static const uint8_t *unpack_rooms(Scan *scan, const Head *head, const uint8_t *from,
                                   const uint8_t *end, uint32_t *places)
{
    Scanner *scanner = (Scanner *)scan->scanner;
    scanner->scans++;
    for (uint32_t room = 0; room < head->rooms; room++) {
        uint32_t length = 0;
        if (end - from >= (Py_ssize_t)sizeof(length))
            memcpy(&length, from, sizeof(length));
        if (end - from < (Py_ssize_t)(sizeof(length) + length))
            return NULL;
        int place = room_place(scan, from + sizeof(length), length);
        if (place < 0)
            return NULL;
        places[room] = (uint32_t)place;
        from += sizeof(length) + length;
    }
    return from;
}

static int unpack_facts(Scan *scan, const Head *head, const uint8_t *message, const uint32_t *places)
{
    scan->facts = PyMem_Malloc((head->facts + 1) * sizeof(Fact));
    if (scan->facts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(scan->facts, message + sizeof(Head), head->facts * sizeof(Fact));
    for (uint32_t index = 0; index < head->facts; index++) {
        if (scan->facts[index].room >= head->rooms)
            return -1;
        scan->facts[index].room = places[scan->facts[index].room];
    }
    scan->length = head->facts;
    return 0;
}

/* unpack(flat, enveloped, message) -> Scan, of the scanner of the form that was scanned. */
PyObject *unpack(PyObject *module, PyObject *args)
{
    PyObject *flat, *enveloped, *data;
    Head head = {.size = 0};
    if (!PyArg_ParseTuple(args, "O!O!O!", &Scanner_type, &flat, &Scanner_type, &enveloped,
                          &PyBytes_Type, &data))
        return NULL;
    const uint8_t *message = (const uint8_t *)PyBytes_AS_STRING(data);
    const uint8_t *end = message + PyBytes_GET_SIZE(data), *from = message + sizeof(Head);
    if (PyBytes_GET_SIZE(data) >= (Py_ssize_t)sizeof(Head))
        memcpy(&head, message, sizeof(Head));
    if (end < from || head.size != sizeof(Fact) ||
        (uint64_t)(end - from) < (uint64_t)head.facts * sizeof(Fact) + head.items) {
        PyErr_SetString(PyExc_ValueError, "no message of this build");
        return NULL;
    }
    Scan *made = new_scan(head.source ? enveloped : flat, data);
    uint32_t *places = PyMem_Calloc((size_t)head.rooms + 1, sizeof(uint32_t));
    from += head.facts * sizeof(Fact);
    if (made == NULL || places == NULL || (from = unpack_rooms(made, &head, from, end, places)) == NULL ||
        unpack_facts(made, &head, message, places) < 0)
        goto failed;
    if (head.source && end - from >= (Py_ssize_t)head.source - 1 &&
        (made->source = PyUnicode_DecodeUTF8((const char *)from, head.source - 1, NULL)) == NULL)
        goto failed;
    PyMem_Free(places);
    return (PyObject *)made;
failed:
    PyMem_Free(places);
    Py_XDECREF(made);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no message of this build");
    return NULL;
}
