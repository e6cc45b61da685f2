/* What was scanned, as columns of a batch; and the Structs and texts of single facts. */

#include "scan.h"
#include <string.h>

static void forget(PyObject *object)
{
    Scan *scan = (Scan *)object;
    for (Py_ssize_t index = 0; index < scan->length; index++)
        Py_XDECREF(scan->facts[index].fact);
    PyMem_Free(scan->facts);
    drop_rooms(scan->rooms);
    Py_XDECREF(scan->scanner);
    Py_XDECREF(scan->data);
    Py_XDECREF(scan->source);
    Py_TYPE(object)->tp_free(object);
}

Scan *new_scan(PyObject *scanner, PyObject *data)
{
    if (renew_rooms((Scanner *)scanner) < 0)
        return NULL;
    Scan *made = PyObject_New(Scan, &Scan_type);
    if (made == NULL)
        return NULL;
    made->scanner = Py_NewRef(scanner);
    made->data = Py_NewRef(data);
    made->rooms = ((Scanner *)scanner)->rooms;
    made->rooms->holders++;
    made->source = NULL;
    made->length = 0;
    made->facts = NULL;
    made->good = 1;
    return made;
}

static Py_ssize_t length_of(PyObject *object)
{
    return ((Scan *)object)->length;
}

PyObject *fact_of(Scan *scan, Py_ssize_t index)
{
    Fact *fact = &scan->facts[index];
    if (fact->fact == NULL) {
        PyObject *item = PyBytes_FromStringAndSize(PyBytes_AS_STRING(scan->data) + fact->begin,
                                                   fact->end - fact->begin);
        if (item == NULL)
            return NULL;
        PyObject *made = PyObject_CallOneArg(((Scanner *)scan->scanner)->make, item);
        Py_DECREF(item);
        if (fact->fact != NULL) /* another thread was first */
            Py_XDECREF(made);
        else
            fact->fact = made;
    }
    return fact->fact;
}

static PyObject *item_of(PyObject *object, Py_ssize_t index)
{
    if (index < 0 || index >= length_of(object)) {
        PyErr_SetString(PyExc_IndexError, "so many facts were not scanned");
        return NULL;
    }
    return Py_XNewRef(fact_of((Scan *)object, index));
}

static PyObject *rooms_of(PyObject *object, void *closure)
{
    const Scan *scan = (Scan *)object;
    Py_ssize_t count;
    uint32_t *met = rooms_met(scan, &count);
    PyObject *names = met ? PyList_New(count) : NULL;
    for (Py_ssize_t each = 0; names && each < count; each++)
        PyList_SET_ITEM(names, each, Py_NewRef(scan->rooms->of[met[each]].name));
    PyMem_Free(met);
    return names;
}

static PyObject *source_of(PyObject *object, void *closure)
{
    PyObject *source = ((Scan *)object)->source;
    return Py_NewRef(source ? source : Py_None);
}

static PyObject *data_of(PyObject *object, void *closure)
{
    return Py_NewRef(((Scan *)object)->data);
}

static PyObject *good_of(PyObject *object, void *closure)
{
    return PyBool_FromLong(((Scan *)object)->good);
}

static PyGetSetDef attributes[] = {
    {"rooms", rooms_of, NULL, "the names of the rooms, in the order in which they first come", NULL},
    {"source", source_of, NULL, "of the envelopes; None where there are none", NULL},
    {"good", good_of, NULL, "whether all rooms were approved before", NULL},
    {"data", data_of, NULL, "the bytes", NULL},
    {NULL},
};

static PySequenceMethods as_sequence = {.sq_length = length_of, .sq_item = item_of};

PyTypeObject Scan_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "monitor.speedups.Scan",
    .tp_basicsize = sizeof(Scan),
    .tp_dealloc = forget,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_sequence = &as_sequence,
    .tp_getset = attributes,
};

/* ── columns ──────────────────────────────────────────────────────────────────────── */

typedef struct { /* the kinds of a batch, in the order in which they first come */
    int kinds, kind[MOST_KINDS], place[MOST_KINDS];
    Py_ssize_t next[MOST_KINDS + 1];
} Order;

static int are_scans(PyObject *scans)
{
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(scans); each++)
        if (!Py_IS_TYPE(PyList_GET_ITEM(scans, each), &Scan_type)) {
            PyErr_SetString(PyExc_TypeError, "a list of scans is wanted");
            return 0;
        }
    return 1;
}

static PyObject *order_of(PyObject *scans, Order *order)
{
    Py_ssize_t count[MOST_KINDS] = {0}, before = 0;
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(scans); each++) {
        const Scan *scan = (Scan *)PyList_GET_ITEM(scans, each);
        for (Py_ssize_t index = 0; index < scan->length; index++) {
            int kind = scan->facts[index].kind;
            if (count[kind]++ == 0) {
                order->place[kind] = order->kinds;
                order->kind[order->kinds++] = kind;
            }
        }
    }
    PyObject *told = PyList_New(order->kinds);
    for (int each = 0; told && each < order->kinds; each++) {
        Py_ssize_t many = count[order->kind[each]];
        PyObject *row = Py_BuildValue("in", order->kind[each], many);
        if (row == NULL)
            Py_CLEAR(told);
        else
            PyList_SET_ITEM(told, each, row);
        order->next[each] = before;
        before += many;
    }
    return told;
}

/* The row of a room, which is in the tables under its name. What it was when the rows were of
   this version it is still; version 0 is none. -1 with an exception, or where it has none. */
static int64_t row_of_room(const Scan *scan, uint32_t number, PyObject *row_of, uint64_t version)
{
    int64_t row = row_in(row_of, scan->rooms->of[number].name);
    Room *room = &scan->rooms->of[number]; /* whoever was asked may have met more of them */
    room->row = row;
    room->version = row < 0 ? 0 : version;
    room->asked = scan->rooms->asked;
    return row;
}

/* collect(scans, row_of, version, now, numbers, at, flags, keys, handles) -> [(kind, how many)]

   As `gather` has them, for facts that were scanned. Instead of its Struct a fact has a
   handle: its scan's place in the list << 32, and its own place there. */
PyObject *collect(PyObject *module, PyObject *args)
{
    PyObject *scans, *row_of, *numbers_, *at_, *flags_, *keys_, *handles_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, cells, bytes, ids, handled, all = 0;
    unsigned long long version;
    double now;
    if (!PyArg_ParseTuple(args, "O!O!KdOOOOO", &PyList_Type, &scans, &PyDict_Type, &row_of,
                          &version, &now, &numbers_, &at_, &flags_, &keys_, &handles_) || !are_scans(scans))
        return NULL;
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(scans); each++)
        all += length_of(PyList_GET_ITEM(scans, each));
    double *at = items(&arrays, at_, 8, &length);
    int64_t *row = at ? items(&arrays, numbers_, 8, &cells) : NULL;
    uint8_t *flags = row ? items(&arrays, flags_, 1, &bytes) : NULL;
    int64_t *keys = flags ? items(&arrays, keys_, 8, &ids) : NULL;
    int64_t *handles = keys ? items(&arrays, handles_, 8, &handled) : NULL;
    if (!handles || length != all || bytes != all || ids != all || handled != all || cells != 6 * all)
        return wrong_lengths(&arrays);
    int64_t *slot = row + all, *person = slot + all, *value = person + all, *second = value + all;
    int64_t *order = second + all;
    Order sorted = {.kinds = 0};
    PyObject *told = order_of(scans, &sorted);
    for (Py_ssize_t each = 0; told && each < PyList_GET_SIZE(scans); each++) {
        const Scan *scan = (Scan *)PyList_GET_ITEM(scans, each);
        scan->rooms->asked++;
        for (Py_ssize_t index = 0; told && index < scan->length; index++) {
            const Fact *fact = &scan->facts[index];
            const Room *room = &scan->rooms->of[fact->room];
            Py_ssize_t place = sorted.next[sorted.place[fact->kind]]++;
            if ((version && room->version == version) || room->asked == scan->rooms->asked)
                row[place] = room->row;
            else if ((row[place] = row_of_room(scan, fact->room, row_of, version)) < 0 &&
                     PyErr_Occurred())
                Py_CLEAR(told);
            slot[place] = (int64_t)(fact->at < now ? fact->at : now);
            person[place] = fact->person;
            value[place] = fact->value;
            second[place] = fact->second;
            order[place] = fact->order;
            at[place] = fact->at;
            flags[place] = fact->flags;
            keys[place] = fact->id;
            handles[place] = (int64_t)each << 32 | index;
        }
    }
    return closed(&arrays, told);
}

/* ── texts ────────────────────────────────────────────────────────────────────────── */

static PyObject *text_of(Scan *scan, Py_ssize_t index, int word, PyObject *name, PyObject *missing)
{
    const Fact *fact = &scan->facts[index];
    const Kind *kind = &((Scanner *)scan->scanner)->kinds[fact->kind];
    if (!kind->columnar || (fact->escaped && word == SUBJECT)) {
        PyObject *made = fact_of(scan, index);
        return made ? PyObject_GetAttr(made, name) : NULL;
    }
    if (fact->length[word] == ABSENT)
        return Py_NewRef(missing);
    return PyUnicode_DecodeUTF8(PyBytes_AS_STRING(scan->data) + fact->word[word],
                                fact->length[word], NULL);
}

/* texts(scans, handles, word, name, missing) -> list: a text of each fact, `missing` where it
   has none. */
PyObject *texts(PyObject *module, PyObject *args)
{
    PyObject *scans, *handles_, *name, *missing;
    Arrays arrays = {.open = 0};
    Py_ssize_t length;
    int word;
    if (!PyArg_ParseTuple(args, "O!OiUO", &PyList_Type, &scans, &handles_, &word, &name, &missing) ||
        !are_scans(scans))
        return NULL;
    const int64_t *handles = items(&arrays, handles_, 8, &length);
    if (handles == NULL || word < 0 || word >= WORDS)
        return wrong_lengths(&arrays);
    PyObject *found = PyList_New(length);
    for (Py_ssize_t index = 0; found && index < length; index++) {
        int64_t from = handles[index] >> 32, place = handles[index] & UINT32_MAX;
        PyObject *text = NULL;
        if (from < 0 || from >= PyList_GET_SIZE(scans) ||
            place >= length_of(PyList_GET_ITEM(scans, from)))
            PyErr_SetString(PyExc_IndexError, "so many facts were not scanned");
        else
            text = text_of((Scan *)PyList_GET_ITEM(scans, from), place, word, name, missing);
        if (text == NULL)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, index, text);
    }
    return closed(&arrays, found);
}

/* text_keys(scans, handles, word, name, found): the key of such a text of each fact, 0 where
   it has none. */
PyObject *text_keys(PyObject *module, PyObject *args)
{
    PyObject *scans, *handles_, *name, *found_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, places;
    int word;
    if (!PyArg_ParseTuple(args, "O!OiUO", &PyList_Type, &scans, &handles_, &word, &name, &found_) ||
        !are_scans(scans))
        return NULL;
    const int64_t *handles = items(&arrays, handles_, 8, &length);
    int64_t *found = handles ? items(&arrays, found_, 8, &places) : NULL;
    if (found == NULL || places != length || word < 0 || word >= WORDS)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length && !PyErr_Occurred(); index++) {
        int64_t from = handles[index] >> 32, place = handles[index] & UINT32_MAX;
        if (from < 0 || from >= PyList_GET_SIZE(scans) ||
            place >= length_of(PyList_GET_ITEM(scans, from))) {
            PyErr_SetString(PyExc_IndexError, "so many facts were not scanned");
            break;
        }
        Scan *scan = (Scan *)PyList_GET_ITEM(scans, from);
        const Fact *fact = &scan->facts[place];
        if (((Scanner *)scan->scanner)->kinds[fact->kind].columnar &&
            !(fact->escaped && word == SUBJECT)) {
            const uint8_t *text = (uint8_t *)PyBytes_AS_STRING(scan->data) + fact->word[word];
            found[index] = fact->length[word] == ABSENT
                               ? 0
                               : (int64_t)(key_of_bytes(text, fact->length[word]) | 1);
            continue;
        }
        PyObject *text = text_of(scan, place, word, name, Py_None);
        found[index] = text ? key_of(text) : 0;
        Py_XDECREF(text);
    }
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}
