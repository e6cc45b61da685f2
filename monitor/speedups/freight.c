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
    PyObject *message; /* bytes, or what `room` calls the place where it lies */
    Py_buffer place;
    char *to;
    Fact *next;
} Share;

typedef struct { /* the rooms of a scan, in their order, and the owner of each */
    const Scan *scan;
    uint32_t *met;
    Py_ssize_t count;
    const int64_t *owners;
    uint32_t *places; /* each one's among those of its owner */
} Owned;

static Py_ssize_t name_of(const Owned *owned, Py_ssize_t room, const char **name)
{
    Py_ssize_t size = 0;
    *name = PyUnicode_AsUTF8AndSize(owned->scan->rooms->of[owned->met[room]].name, &size);
    return size;
}

static inline uint32_t place_of_room(const Owned *owned, const Fact *fact)
{
    return owned->scan->rooms->of[fact->room].place;
}

/* Where a message goes: to the place that there is for it, else into bytes. */
static int find_room(Share *share, PyObject *room, int owner, Py_ssize_t size)
{
    PyObject *found = room == Py_None ? Py_NewRef(Py_None) : PyObject_CallFunction(room, "in", owner, size);
    if (found == NULL)
        return -1;
    if (found != Py_None) {
        PyObject *called;
        if (!PyArg_ParseTuple(found, "Ow*", &called, &share->place)) {
            Py_DECREF(found);
            return -1;
        }
        share->message = Py_NewRef(called);
        share->to = share->place.buf;
        if (share->place.len < size) {
            Py_DECREF(found);
            PyErr_SetString(PyExc_ValueError, "the place is too small");
            return -1;
        }
    } else {
        share->message = PyBytes_FromStringAndSize(NULL, size);
        share->to = share->message ? PyBytes_AS_STRING(share->message) : NULL;
    }
    Py_DECREF(found);
    return share->message ? 0 : -1;
}

static int open_share(Share *share, const Owned *owned, int owner, PyObject *room)
{
    const Scan *scan = owned->scan;
    const char *name, *source = NULL;
    Py_ssize_t size = 0, before = sizeof(Head) + share->head.facts * sizeof(Fact);
    if (scan->source != NULL && (source = PyUnicode_AsUTF8AndSize(scan->source, &size)) == NULL)
        return -1;
    share->head.size = sizeof(Fact);
    share->head.source = source ? (uint32_t)size + 1 : 0; /* an empty one is one */
    if (find_room(share, room, owner, before + share->names + size + (Py_ssize_t)share->head.items) < 0)
        return -1;
    char *to = share->to;
    memcpy(to, &share->head, sizeof(Head));
    share->next = (Fact *)(to + sizeof(Head));
    to += before;
    for (Py_ssize_t each = 0; each < owned->count; each++)
        if (owned->owners[each] == owner) {
            uint32_t length = (uint32_t)name_of(owned, each, &name);
            memcpy(to, &length, sizeof(length));
            memcpy(to + sizeof(length), name, length);
            to += sizeof(length) + length;
        }
    if (source)
        memcpy(to, source, size);
    share->offset = before + share->names + size;
    return 0;
}

static int measure(const Owned *owned, Share *shares, int64_t count)
{
    const Scan *scan = owned->scan;
    const char *name;
    for (Py_ssize_t room = 0; room < owned->count; room++) {
        int64_t owner = owned->owners[room];
        if (owner < 0 || owner >= count) {
            PyErr_SetString(PyExc_IndexError, "there are not so many owners");
            return -1;
        }
        Share *share = &shares[owner];
        owned->places[room] = share->head.rooms++;
        share->names += sizeof(uint32_t) + name_of(owned, room, &name);
        if (name == NULL)
            return -1;
    }
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        const Fact *fact = &scan->facts[index];
        Share *share = &shares[owned->owners[place_of_room(owned, fact)]];
        share->head.facts++;
        share->head.items += fact->end - fact->begin;
    }
    return 0;
}

static void load(const Owned *owned, Share *shares)
{
    const Scan *scan = owned->scan;
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        const Fact *fact = &scan->facts[index];
        uint32_t room = place_of_room(owned, fact);
        Share *share = &shares[owned->owners[room]];
        Fact *made = share->next++;
        uint32_t moved = (uint32_t)share->offset - fact->begin;
        size_t length = fact->end - fact->begin;
        *made = *fact;
        made->fact = NULL;
        made->room = owned->places[room];
        made->begin += moved;
        made->end += moved;
        for (int word = 0; word < WORDS; word++)
            made->word[word] += moved;
        memcpy(share->to + share->offset, PyBytes_AS_STRING(scan->data) + fact->begin, length);
        share->offset += (Py_ssize_t)length;
    }
}

/* split(scan, owners, count, room) -> [a message for each owner, None where it gets nothing]

   `owners` is of as many numbers as the scan has rooms, each from 0 up to `count`. Where
   `room` is no None, room(owner, size) may tell where a message is to lie: what it is called
   instead, and a writable buffer; None: it becomes bytes. */
PyObject *split(PyObject *module, PyObject *args)
{
    PyObject *object, *owners_, *room = Py_None;
    Arrays arrays = {.open = 0};
    Py_ssize_t length;
    int count;
    if (!PyArg_ParseTuple(args, "O!Oi|O", &Scan_type, &object, &owners_, &count, &room))
        return NULL;
    Owned owned = {.scan = (Scan *)object};
    if ((owned.owners = items(&arrays, owners_, 8, &length)) == NULL || count < 1)
        return wrong_lengths(&arrays);
    if ((owned.met = rooms_met(owned.scan, &owned.count)) == NULL || length != owned.count) {
        PyMem_Free(owned.met);
        return wrong_lengths(&arrays);
    }
    Share *shares = PyMem_Calloc(count, sizeof(Share));
    owned.places = PyMem_Calloc(length + 1, sizeof(uint32_t));
    PyObject *messages = shares && owned.places ? PyList_New(count) : PyErr_NoMemory();
    int bad = messages == NULL || measure(&owned, shares, count) < 0;
    for (int each = 0; !bad && each < count; each++)
        if (shares[each].head.facts)
            bad = open_share(&shares[each], &owned, each, room) < 0;
    if (!bad)
        load(&owned, shares);
    for (int each = 0; shares && each < count; each++)
        PyBuffer_Release(&shares[each].place); /* of none it does nothing */
    for (int each = 0; messages && each < count; each++)
        PyList_SET_ITEM(messages, each,
                        shares[each].message ? shares[each].message : Py_NewRef(Py_None));
    if (bad)
        Py_CLEAR(messages);
    PyMem_Free(shares);
    PyMem_Free(owned.places);
    PyMem_Free(owned.met);
    return closed(&arrays, messages);
}

static const uint8_t *unpack_rooms(Scan *scan, const Head *head, const uint8_t *from,
                                   const uint8_t *end, uint32_t *numbers)
{
    for (uint32_t room = 0; room < head->rooms; room++) {
        uint32_t length = 0;
        if (end - from >= (Py_ssize_t)sizeof(length))
            memcpy(&length, from, sizeof(length));
        if (end - from < (Py_ssize_t)(sizeof(length) + length))
            return NULL;
        const uint8_t *name = from + sizeof(length);
        int number = room_number(scan, key_of_bytes(name, length) | 1, name, length);
        if (number < 0)
            return NULL;
        numbers[room] = (uint32_t)number;
        from += sizeof(length) + length;
    }
    return from;
}

/* `base` is where what the scan has for its data begins in the message. */
static int unpack_facts(Scan *scan, const Head *head, const uint8_t *message, const uint32_t *numbers,
                        uint32_t base)
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
        Fact *fact = &scan->facts[index];
        fact->room = numbers[fact->room];
        fact->begin -= base;
        fact->end -= base;
        for (int word = 0; word < WORDS; word++)
            fact->word[word] -= base;
    }
    scan->length = head->facts;
    return 0;
}

/* unpack(flat, enveloped, message) -> Scan, of the scanner of the form that was scanned.

   Of a message that is no bytes, but lies where another will, the items are copied. */
PyObject *unpack(PyObject *module, PyObject *args)
{
    PyObject *flat, *enveloped, *object, *data = NULL;
    Py_buffer view;
    Head head = {.size = 0};
    if (!PyArg_ParseTuple(args, "O!O!O", &Scanner_type, &flat, &Scanner_type, &enveloped, &object) ||
        PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    Scan *made = NULL;
    uint32_t *numbers = NULL, base = 0;
    const uint8_t *message = view.buf;
    const uint8_t *end = message + view.len, *from = message + sizeof(Head);
    if (view.len >= (Py_ssize_t)sizeof(Head))
        memcpy(&head, message, sizeof(Head));
    if (end < from || head.size != sizeof(Fact) ||
        (uint64_t)(end - from) < (uint64_t)head.facts * sizeof(Fact) + head.items)
        goto failed;
    if (PyBytes_Check(object)) {
        data = Py_NewRef(object);
    } else {
        base = (uint32_t)(view.len - (Py_ssize_t)head.items);
        data = PyBytes_FromStringAndSize((const char *)message + base, (Py_ssize_t)head.items);
    }
    made = data ? new_scan(head.source ? enveloped : flat, data) : NULL;
    numbers = PyMem_Calloc((size_t)head.rooms + 1, sizeof(uint32_t));
    from += head.facts * sizeof(Fact);
    if (made == NULL || numbers == NULL || (from = unpack_rooms(made, &head, from, end, numbers)) == NULL ||
        unpack_facts(made, &head, message, numbers, base) < 0)
        goto failed;
    if (head.source && end - from >= (Py_ssize_t)head.source - 1 &&
        (made->source = PyUnicode_DecodeUTF8((const char *)from, head.source - 1, NULL)) == NULL)
        goto failed;
    goto done;
failed:
    Py_CLEAR(made);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no message of this build");
done:
    PyMem_Free(numbers);
    Py_XDECREF(data);
    PyBuffer_Release(&view);
    return (PyObject *)made;
}
