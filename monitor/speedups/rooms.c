/* Names of rooms, known by their keys: each has a number for as long as anybody asks.

   Where a key is looked for lies apart from what else is known of its room: every fact comes
   by there, and a few thousand rooms are to stay in the processor's cache. */

#include "scan.h"
#include <string.h>

#define FEW_ROOMS 64
#define MOST_ROOMS 65536 /* remembered; a scan that begins then begins anew */

Rooms *new_rooms(void)
{
    Rooms *rooms = PyMem_Calloc(1, sizeof(Rooms));
    if (rooms == NULL)
        return NULL;
    rooms->holders = 1;
    rooms->count = 1;
    rooms->places = 2 * FEW_ROOMS;
    rooms->space = FEW_ROOMS;
    rooms->known = PyMem_Calloc(rooms->places, sizeof(Known));
    rooms->of = PyMem_Calloc(rooms->space, sizeof(Room));
    if (rooms->known == NULL || rooms->of == NULL) {
        drop_rooms(rooms);
        return NULL;
    }
    return rooms;
}

void drop_rooms(Rooms *rooms)
{
    if (rooms == NULL || --rooms->holders)
        return;
    for (uint32_t number = 1; rooms->of && number < rooms->count; number++)
        Py_DECREF(rooms->of[number].name);
    PyMem_Free(rooms->known);
    PyMem_Free(rooms->of);
    PyMem_Free(rooms);
}

/* Before a scan: where there are too many names, or most are heard of no more, it begins with
   none, and those that are there live as long as the scans that know them by number. */
int renew_rooms(Scanner *scanner)
{
    if (scanner->rooms->count < MOST_ROOMS && 2 * scanner->gone < scanner->rooms->count)
        return 0;
    scanner->gone = 0;
    Rooms *rooms = new_rooms();
    if (rooms == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    drop_rooms(scanner->rooms);
    scanner->rooms = rooms;
    return 0;
}

static int more_rooms(Rooms *rooms)
{
    uint32_t places = rooms->places * 2;
    Room *of = PyMem_Realloc(rooms->of, 2 * rooms->space * sizeof(Room));
    if (of)
        rooms->of = of;
    Known *known = of ? PyMem_Calloc(places, sizeof(Known)) : NULL;
    if (known == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    rooms->space *= 2;
    for (uint32_t each = 0; each < rooms->places; each++)
        if (rooms->known[each].number)
            *place_at(known, places, rooms->known[each].key) = rooms->known[each];
    PyMem_Free(rooms->known);
    rooms->known = known;
    rooms->places = places;
    return 0;
}

static Known *met_first(Rooms *rooms, const uint8_t *name, size_t length, uint64_t key)
{
    if (rooms->count >= rooms->space && more_rooms(rooms) < 0)
        return NULL;
    PyObject *text = PyUnicode_DecodeUTF8((const char *)name, length, NULL);
    if (text == NULL)
        return NULL;
    Known *known = place_at(rooms->known, rooms->places, key);
    *known = (Known){key, rooms->count, 0};
    rooms->of[rooms->count++] = (Room){.name = text, .key = key};
    return known;
}

/* The number of a room of a fact, by the key of its name; -1 with an exception. */
int room_number(Scan *scan, uint64_t key, const uint8_t *name, size_t length)
{
    Rooms *rooms = scan->rooms;
    Known *known = place_at(rooms->known, rooms->places, key);
    if (known->number == 0 && (known = met_first(rooms, name, length, key)) == NULL)
        return -1;
    scan->good &= known->good;
    return (int)known->number;
}

/* The numbers of the rooms of a scan, each once, in the order in which they first come; each
   room knows its place among them. To be freed; NULL with an exception. */
uint32_t *rooms_met(const Scan *scan, Py_ssize_t *count)
{
    Rooms *rooms = scan->rooms;
    Py_ssize_t most = scan->length < rooms->count ? scan->length : rooms->count;
    uint32_t *met = PyMem_Malloc((most + 1) * sizeof(uint32_t));
    uint64_t asked = ++rooms->asked;
    if (met == NULL)
        PyErr_NoMemory();
    *count = 0;
    for (Py_ssize_t index = 0; met && index < scan->length; index++) {
        Room *room = &rooms->of[scan->facts[index].room];
        if (room->asked == asked)
            continue;
        room->asked = asked;
        room->place = (uint32_t)*count;
        met[(*count)++] = scan->facts[index].room;
    }
    return met;
}

/* forget_rooms(scanner, how many): of the rooms that it knows so many are heard of no more. */
PyObject *forget_rooms(PyObject *module, PyObject *args)
{
    PyObject *scanner;
    Py_ssize_t many;
    if (!PyArg_ParseTuple(args, "O!n", &Scanner_type, &scanner, &many))
        return NULL;
    ((Scanner *)scanner)->gone += many > 0 ? (uint64_t)many : 0;
    Py_RETURN_NONE;
}

/* approve(scan): facts may be told of all its rooms; a scan of none but such is `good`. */
PyObject *approve(PyObject *module, PyObject *object)
{
    if (!Py_IS_TYPE(object, &Scan_type)) {
        PyErr_SetString(PyExc_TypeError, "a scan is wanted");
        return NULL;
    }
    Scan *scan = (Scan *)object;
    Rooms *rooms = scan->rooms;
    for (Py_ssize_t index = 0; index < scan->length; index++) {
        uint64_t key = rooms->of[scan->facts[index].room].key;
        place_at(rooms->known, rooms->places, key)->good = 1;
    }
    scan->good = 1;
    Py_RETURN_NONE;
}
