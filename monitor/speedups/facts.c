/* Facts into columns. A fact is read where its Struct keeps it, without a call a field:
   `layouts` finds out where that is, once, from the member descriptors of its type. */

#include "scan.h"
#include <structmember.h>
#include <string.h>

typedef struct { /* where a Struct keeps its fields; -1: it has none of that name */
    PyTypeObject *type;
    Py_ssize_t room, at, id, at_from, session, person, value, second;
    Py_ssize_t order, kind, capped, lower_bound, is_host, is_moderator;
} Layout;

typedef struct {
    Layout of[MOST_KINDS];
    int kinds;
} Layouts;

#define FIELD(object, offset) (*(PyObject **)((char *)(object) + (offset)))

static PyObject *DELTA, *PLATFORM, *RECEIVED;

int words(void)
{
    DELTA = PyUnicode_InternFromString("delta");
    PLATFORM = PyUnicode_InternFromString("platform");
    RECEIVED = PyUnicode_InternFromString("received");
    return DELTA && PLATFORM && RECEIVED ? 0 : -1;
}

static int find(PyTypeObject *type, const char *name, Py_ssize_t *offset)
{
    *offset = -1;
    PyObject *member = name ? PyObject_GetAttrString((PyObject *)type, name) : NULL;
    if (member == NULL) {
        PyErr_Clear();
        return 0;
    }
    if (Py_IS_TYPE(member, &PyMemberDescr_Type)) {
        struct PyMemberDef *found = ((PyMemberDescrObject *)member)->d_member;
        if (found->type == T_OBJECT_EX)
            *offset = found->offset;
    }
    Py_DECREF(member);
    if (*offset >= 0)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s.%s is not a field of a Struct", type->tp_name, name);
    return -1;
}

static int lay_out(Layout *layout, PyObject *row)
{
    PyTypeObject *type;
    const char *person, *value, *second;
    if (row == NULL ||
        !PyArg_ParseTuple(row, "O!zzz", &PyType_Type, &type, &person, &value, &second))
        return -1;
    struct { const char *name; Py_ssize_t *offset; } fields[] = {
        {"room", &layout->room}, {"at", &layout->at}, {"id", &layout->id},
        {"at_from", &layout->at_from}, {"session", &layout->session}, {person, &layout->person},
        {value, &layout->value}, {second, &layout->second}, {"kind", &layout->kind},
        {"capped", &layout->capped}, {"lower_bound", &layout->lower_bound},
        {"order", &layout->order}, {"is_host", &layout->is_host}, {"is_moderator", &layout->is_moderator},
    };
    for (size_t each = 0; each < sizeof(fields) / sizeof(fields[0]); each++)
        if (find(type, fields[each].name, fields[each].offset) < 0)
            return -1;
    if (layout->room < 0 || layout->at < 0 || layout->id < 0 || layout->at_from < 0 ||
        layout->session < 0) {
        PyErr_Format(PyExc_TypeError, "%s is not a fact", type->tp_name);
        return -1;
    }
    layout->type = (PyTypeObject *)Py_NewRef(type);
    return 0;
}

static void forget(PyObject *capsule)
{
    Layouts *made = PyCapsule_GetPointer(capsule, NULL);
    while (made->kinds)
        Py_DECREF(made->of[--made->kinds].type);
    PyMem_Free(made);
}

/* layouts([(type, person, value, second)]): types of facts, and the names of fields of
   theirs that hold who, how many and a second number; None where there is no such field. */
PyObject *layouts(PyObject *module, PyObject *kinds)
{
    Layouts *made = PyMem_Calloc(1, sizeof(Layouts));
    PyObject *capsule = made ? PyCapsule_New(made, NULL, forget) : PyErr_NoMemory();
    if (capsule == NULL) {
        PyMem_Free(made);
        return NULL;
    }
    Py_ssize_t length = PySequence_Size(kinds);
    if (length > MOST_KINDS)
        PyErr_SetString(PyExc_ValueError, "too many kinds of facts");
    for (Py_ssize_t index = 0; index < length && !PyErr_Occurred(); index++) {
        PyObject *row = PySequence_GetItem(kinds, index);
        if (lay_out(&made->of[index], row) == 0)
            made->kinds++;
        Py_XDECREF(row);
    }
    if (PyErr_Occurred())
        Py_CLEAR(capsule);
    return capsule;
}

static int kind_of(const Layouts *layouts, PyObject *fact, int guess)
{
    if (layouts->of[guess].type == Py_TYPE(fact))
        return guess;
    for (int kind = 0; kind < layouts->kinds; kind++)
        if (layouts->of[kind].type == Py_TYPE(fact))
            return kind;
    PyErr_Format(PyExc_TypeError, "%s is not a kind of fact", Py_TYPE(fact)->tp_name);
    return -1;
}

/* known(layouts, facts, rooms): whether the rooms of all facts are in a set. */
PyObject *known(PyObject *module, PyObject *args)
{
    PyObject *capsule, *facts, *rooms;
    if (!PyArg_ParseTuple(args, "OO!O!", &capsule, &PyList_Type, &facts, &PySet_Type, &rooms))
        return NULL;
    const Layouts *layouts = PyCapsule_GetPointer(capsule, NULL);
    int kind = 0, in = layouts ? 1 : -1;
    for (Py_ssize_t index = 0; in == 1 && index < PyList_GET_SIZE(facts); index++) {
        PyObject *fact = PyList_GET_ITEM(facts, index);
        kind = kind_of(layouts, fact, kind);
        in = kind < 0 ? -1 : PySet_Contains(rooms, FIELD(fact, layouts->of[kind].room));
    }
    return in < 0 ? NULL : PyBool_FromLong(in);
}

static int64_t number_of(PyObject *fact, Py_ssize_t offset, int64_t missing) /* None is -1 */
{
    if (offset < 0)
        return missing;
    PyObject *value = FIELD(fact, offset);
    return value == Py_None ? -1 : (int64_t)PyLong_AsLongLong(value);
}

static int is_true(PyObject *fact, Py_ssize_t offset)
{
    return offset >= 0 && FIELD(fact, offset) == Py_True;
}

static int same(PyObject *text, PyObject *other)
{
    return text == other || PyUnicode_Compare(text, other) == 0;
}

static uint8_t flags_of(PyObject *fact, const Layout *layout)
{
    uint8_t flags = 0;
    if (layout->kind >= 0 && !same(FIELD(fact, layout->kind), DELTA))
        flags |= TOTAL;
    if (is_true(fact, layout->capped))
        flags |= CAPPED | LOOSE;
    if (is_true(fact, layout->lower_bound))
        flags |= LOOSE;
    if (is_true(fact, layout->is_host) || is_true(fact, layout->is_moderator))
        flags |= STAFF;
    PyObject *from = FIELD(fact, layout->at_from);
    if (!same(from, PLATFORM) && same(from, RECEIVED))
        flags |= UNTIMED;
    if (FIELD(fact, layout->session) != Py_None)
        flags |= NAMED;
    return flags;
}

int64_t row_in(PyObject *rows, PyObject *room)
{
    PyObject *row = Py_XNewRef(PyDict_GetItemWithError(rows, room));
    if (row == NULL && !PyErr_Occurred())
        row = PyObject_GetItem(rows, room); /* the table of rooms admits it */
    int64_t number = row ? (int64_t)PyLong_AsLongLong(row) : -1;
    Py_XDECREF(row);
    return number;
}

/* The kinds of a batch, in the order in which they first come. */
typedef struct {
    int kinds, kind[MOST_KINDS], place[MOST_KINDS]; /* place: of a kind, from 1 on; 0: none */
    Py_ssize_t begins[MOST_KINDS + 1], next[MOST_KINDS];
    PyObject *lists[MOST_KINDS]; /* borrowed */
} Parts;

/* Which part each fact belongs to, and where the parts begin; -1 is an error. */
static int part(const Layouts *layouts, PyObject *facts, Parts *parts, uint8_t *of)
{
    int kind = 0;
    for (Py_ssize_t index = 0; index < PyList_GET_SIZE(facts); index++) {
        if ((kind = kind_of(layouts, PyList_GET_ITEM(facts, index), kind)) < 0)
            return -1;
        if (parts->place[kind] == 0) {
            parts->kind[parts->kinds] = kind;
            parts->place[kind] = ++parts->kinds;
        }
        of[index] = (uint8_t)(parts->place[kind] - 1);
        parts->begins[of[index] + 1]++;
    }
    for (int each = 0; each < parts->kinds; each++) {
        parts->next[each] = parts->begins[each];
        parts->begins[each + 1] += parts->begins[each];
    }
    return 0;
}

/* [(kind, [its facts])], the lists of their size and still empty. */
static PyObject *grouped(Parts *parts)
{
    PyObject *groups = PyList_New(parts->kinds);
    for (int each = 0; groups && each < parts->kinds; each++) {
        PyObject *list = PyList_New(parts->begins[each + 1] - parts->begins[each]);
        PyObject *group = list ? Py_BuildValue("iN", parts->kind[each], list) : NULL;
        if (group == NULL) {
            Py_CLEAR(groups);
            break;
        }
        parts->lists[each] = list;
        PyList_SET_ITEM(groups, each, group);
    }
    return groups;
}

#define AHEAD 4 /* facts */

/* Have what a fact points to brought into the cache, before it is its turn. */
static inline void fetch(PyObject *fact, const Layout *layout)
{
#if defined(__GNUC__)
    __builtin_prefetch(FIELD(fact, layout->room));
    __builtin_prefetch(FIELD(fact, layout->id));
    __builtin_prefetch(FIELD(fact, layout->at));
    if (layout->person >= 0)
        __builtin_prefetch(FIELD(fact, layout->person));
#endif
}

/* gather(layouts, facts, row_of, now, numbers, at, flags, keys) -> [(kind, [its facts])]

   Facts of a kind side by side, in their order, and their columns in the same order:
   numbers is (6, facts): row, second, person's key, value, second number, order's key;
   flags are bytes, keys those of ids, 0 where there is none. What happens later than `now` has happened now. */
PyObject *gather(PyObject *module, PyObject *args)
{
    PyObject *capsule, *facts, *rows, *numbers_, *at_, *flags_, *keys_;
    Arrays arrays = {.open = 0};
    Parts parts = {.kinds = 0};
    Py_ssize_t length, cells, bytes, ids;
    double now;
    if (!PyArg_ParseTuple(args, "OO!O!dOOOO", &capsule, &PyList_Type, &facts, &PyDict_Type, &rows,
                          &now, &numbers_, &at_, &flags_, &keys_))
        return NULL;
    const Layouts *layouts = PyCapsule_GetPointer(capsule, NULL);
    double *at = layouts ? items(&arrays, at_, 8, &length) : NULL;
    int64_t *row = at ? items(&arrays, numbers_, 8, &cells) : NULL;
    uint8_t *flags = row ? items(&arrays, flags_, 1, &bytes) : NULL;
    int64_t *keys = flags ? items(&arrays, keys_, 8, &ids) : NULL;
    if (!keys || length != PyList_GET_SIZE(facts) || bytes != length || ids != length ||
        cells != 6 * length)
        return wrong_lengths(&arrays);
    int64_t *slot = row + length, *person = slot + length, *value = person + length, *second = value + length;
    int64_t *order = second + length;
    PyObject *groups = NULL;
    uint8_t *of = PyMem_Malloc(length + 1);
    if (of == NULL)
        PyErr_NoMemory();
    else if (part(layouts, facts, &parts, of) == 0)
        groups = grouped(&parts);
    for (Py_ssize_t index = 0; groups && index < length; index++) {
        PyObject *fact = PyList_GET_ITEM(facts, index);
        const Layout *layout = &layouts->of[parts.kind[of[index]]];
        if (index + AHEAD < length)
            fetch(PyList_GET_ITEM(facts, index + AHEAD),
                  &layouts->of[parts.kind[of[index + AHEAD]]]);
        Py_ssize_t place = parts.next[of[index]]++;
        PyList_SET_ITEM(parts.lists[of[index]], place - parts.begins[of[index]], Py_NewRef(fact));
        row[place] = row_in(rows, FIELD(fact, layout->room));
        at[place] = PyFloat_AsDouble(FIELD(fact, layout->at));
        slot[place] = (int64_t)(at[place] < now ? at[place] : now);
        person[place] = layout->person < 0 ? 0 : key_of(FIELD(fact, layout->person));
        value[place] = number_of(fact, layout->value, 1);
        second[place] = number_of(fact, layout->second, 0);
        order[place] = layout->order < 0 ? 0 : key_of(FIELD(fact, layout->order));
        flags[place] = flags_of(fact, layout);
        keys[place] = key_of(FIELD(fact, layout->id));
        if (row[place] < 0 && PyErr_Occurred())
            break;
    }
    PyMem_Free(of);
    if (PyErr_Occurred())
        Py_CLEAR(groups);
    return closed(&arrays, groups);
}

/* A fact that was read into a Struct, as one that was scanned. */
int fill_from(Scan *scan, Fact *fact, PyObject *made)
{
    Scanner *scanner = (Scanner *)scan->scanner;
    const Layouts *layouts = PyCapsule_GetPointer(scanner->layouts, NULL);
    int kind = layouts ? kind_of(layouts, made, fact->kind) : -1;
    if (kind < 0)
        return -1;
    const Layout *layout = &layouts->of[kind];
    Py_ssize_t size;
    const char *room = PyUnicode_AsUTF8AndSize(FIELD(made, layout->room), &size);
    uint64_t key = room ? key_of_bytes((const uint8_t *)room, (size_t)size) | 1 : 0;
    int number = room ? room_number(scan, key, (const uint8_t *)room, (size_t)size) : -1;
    if (number < 0)
        return -1;
    fact->room = (uint32_t)number;
    fact->kind = (uint8_t)kind;
    fact->at = PyFloat_AsDouble(FIELD(made, layout->at));
    fact->person = layout->person < 0 ? 0 : key_of(FIELD(made, layout->person));
    fact->value = number_of(made, layout->value, 1);
    fact->second = number_of(made, layout->second, 0);
    fact->order = layout->order < 0 ? 0 : key_of(FIELD(made, layout->order));
    fact->flags = flags_of(made, layout);
    fact->id = key_of(FIELD(made, layout->id));
    return PyErr_Occurred() ? -1 : 0;
}

/* parted(which, ends, block, at, flags, keys, and those of the part)

   The columns of those facts for which `which` (bytes) holds; a block is (columns, facts).
   `ends`, where kinds end, become those of the part. */
PyObject *parted(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[10];
    if (!taken(&arrays, arguments, count, "1888188818", of))
        return closed(&arrays, NULL);
    const uint8_t *which = of[0].at, *flags = of[4].at;
    const int64_t *block = of[2].at, *keys = of[5].at;
    const double *at = of[3].at;
    int64_t *its_block = of[6].at, *its_keys = of[9].at, *ends = of[1].at;
    double *its_at = of[7].at;
    uint8_t *its_flags = of[8].at;
    Py_ssize_t length = of[0].length, part = of[7].length, place = 0, holds = 0, from = 0;
    for (Py_ssize_t kind = 0; kind < of[1].length; kind++) {
        if (ends[kind] < from || ends[kind] > length)
            return wrong_lengths(&arrays);
        for (; from < ends[kind]; from++)
            holds += which[from] != 0;
        ends[kind] = holds;
    }
    Py_ssize_t columns = length ? of[2].length / length : 0;
    if (from != length || part != holds || of[2].length != columns * length ||
        of[3].length != length || of[4].length != length || of[5].length != length ||
        of[6].length != columns * part || of[8].length != part || of[9].length != part)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0, upto; index < length; index = upto) {
        for (upto = index; upto < length && which[upto]; upto++)
            ;
        size_t many = (size_t)(upto - index); /* a run: nearly all facts are in it */
        if (many) {
            for (Py_ssize_t column = 0; column < columns; column++)
                memcpy(its_block + column * part + place, block + column * length + index,
                       many * sizeof *block);
            memcpy(its_at + place, at + index, many * sizeof *at);
            memcpy(its_flags + place, flags + index, many);
            memcpy(its_keys + place, keys + index, many * sizeof *keys);
            place += (Py_ssize_t)many;
        } else
            upto = index + 1;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* numbers_of(numbers, names, found): what a dict of names knows each one as, or admits it. */
PyObject *numbers_of(PyObject *module, PyObject *args)
{
    PyObject *numbers, *names, *found_;
    Arrays arrays = {.open = 0};
    Py_ssize_t places;
    if (!PyArg_ParseTuple(args, "O!O!O", &PyDict_Type, &numbers, &PyList_Type, &names, &found_))
        return NULL;
    int64_t *found = items(&arrays, found_, 8, &places);
    if (!found || places != PyList_GET_SIZE(names))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < places && !PyErr_Occurred(); index++)
        found[index] = row_in(numbers, PyList_GET_ITEM(names, index));
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}
