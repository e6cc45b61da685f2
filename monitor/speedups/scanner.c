/* What a scanner knows before it reads: names of fields, kinds of facts and what their
   fields may hold, told once by Python out of the Structs themselves. */

#include "scan.h"
#include <string.h>

static char *copied(PyObject *text, size_t *length)
{
    Py_ssize_t size;
    const char *from = PyUnicode_AsUTF8AndSize(text, &size);
    char *made = from ? PyMem_Malloc(size + 1) : NULL;
    if (from && made == NULL)
        PyErr_NoMemory();
    if (made == NULL)
        return NULL;
    memcpy(made, from, size + 1);
    *length = (size_t)size;
    return made;
}

static uint64_t start_in(const char *name, size_t length)
{
    return start_of((const uint8_t *)name, length, (const uint8_t *)name + length);
}

static uint32_t place_in(const Names *names, const char *name, size_t length)
{
    return place_of(names, start_in(name, length), (const uint8_t *)name, length);
}

/* Give each of the names a place of its own: try odd numbers until one spreads them so. */
static int spread(Names *names, PyObject *told)
{
    names->spread = SPREAD;
    for (int tries = 0; tries < 10000; tries++, names->spread = names->spread * SPREAD + 2) {
        uint8_t taken[NAMES] = {0};
        Py_ssize_t each = 0, count = PyList_GET_SIZE(told);
        for (; each < count; each++) {
            Py_ssize_t size;
            const char *name =
                PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(PyList_GET_ITEM(told, each), 0), &size);
            if (name == NULL)
                return -1;
            uint32_t place = place_in(names, name, (size_t)size);
            if (taken[place]++)
                break;
        }
        if (each == count)
            return 0;
    }
    PyErr_SetString(PyExc_ValueError, "names that can not be told apart");
    return -1;
}

/* `told` is [(name, field)]. */
static int learn_names(Names *names, PyObject *told)
{
    for (int each = 0; each < NAMES; each++)
        names->of[each].field = -1;
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(told); each++) {
        PyObject *row = PyList_GET_ITEM(told, each);
        if (!PyTuple_Check(row) || PyTuple_GET_SIZE(row) != 2 ||
            !PyUnicode_Check(PyTuple_GET_ITEM(row, 0))) {
            PyErr_SetString(PyExc_TypeError, "names are (name, number)");
            return -1;
        }
    }
    if (spread(names, told) < 0)
        return -1;
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(told); each++) {
        PyObject *row = PyList_GET_ITEM(told, each);
        size_t length;
        long field = PyLong_AsLong(PyTuple_GET_ITEM(row, 1));
        char *name = PyErr_Occurred() ? NULL : copied(PyTuple_GET_ITEM(row, 0), &length);
        if (name == NULL)
            return -1;
        Name *place = &names->of[place_in(names, name, length)];
        uint64_t mask = length < 8 ? (UINT64_C(1) << (8 * length)) - 1 : UINT64_MAX;
        *place = (Name){name, length, start_in(name, length), mask, (int)field, NULL};
        if (field < 0 || field >= MOST_FIELDS) {
            PyErr_SetString(PyExc_ValueError, "too many fields");
            return -1;
        }
    }
    return 0;
}

static int learn_options(Spec *spec, PyObject *options)
{
    for (Py_ssize_t each = 0; each < PyTuple_GET_SIZE(options); each++) {
        PyObject *text;
        unsigned char flag;
        if (each >= MOST_OPTIONS) {
            PyErr_SetString(PyExc_ValueError, "too many choices");
            return -1;
        }
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(options, each), "Ub", &text, &flag))
            return -1;
        spec->option[each].flag = flag;
        if ((spec->option[each].text = copied(text, &spec->option[each].length)) == NULL)
            return -1;
        spec->options++;
    }
    return 0;
}

/* `specs` is [(field, code, required, nullable, least, most, flag, ((choice, flag), ...))]. */
static int learn_kind(Kind *kind, PyObject *row)
{
    PyObject *specs;
    long long no_value, no_second;
    if (!PyArg_ParseTuple(row, "O!iiiiiiLL", &PyList_Type, &specs, &kind->person,
                          &kind->value, &kind->second, &kind->order, &kind->subject,
                          &kind->currency, &no_value, &no_second))
        return -1;
    kind->no_value = no_value;
    kind->no_second = no_second;
    kind->columnar = PyList_GET_SIZE(specs) > 0;
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(specs); each++) {
        int field, code, required, nullable, flag;
        long long least, most;
        PyObject *options;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(specs, each), "iippLLiO!", &field, &code, &required,
                              &nullable, &least, &most, &flag, &PyTuple_Type, &options))
            return -1;
        if (field < 0 || field >= MOST_FIELDS) {
            PyErr_SetString(PyExc_ValueError, "too many fields");
            return -1;
        }
        Spec *spec = &kind->spec[field];
        spec->code = (uint8_t)code, spec->nullable = (uint8_t)nullable, spec->flag = (uint8_t)flag;
        spec->least = least, spec->most = most;
        if (learn_options(spec, options) < 0)
            return -1;
        kind->known |= UINT64_C(1) << field;
        if (required)
            kind->required |= UINT64_C(1) << field;
    }
    return 0;
}

static void forget(PyObject *object)
{
    Scanner *scanner = (Scanner *)object;
    for (int each = 0; each < NAMES; each++) {
        PyMem_Free(scanner->outer.of[each].name);
        PyMem_Free(scanner->inner.of[each].name);
        PyMem_Free(scanner->tags.of[each].name);
    }
    for (int each = 0; each < scanner->kinds_count; each++) {
        Kind *kind = &scanner->kinds[each];
        for (int field = 0; field < MOST_FIELDS; field++)
            for (int option = 0; option < kind->spec[field].options; option++)
                PyMem_Free(kind->spec[field].option[option].text);
    }
    PyMem_Free(scanner->kinds);
    drop_rooms(scanner->rooms);
    Py_XDECREF(scanner->make);
    Py_XDECREF(scanner->layouts);
    Py_TYPE(object)->tp_free(object);
}

PyTypeObject Scanner_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "monitor.speedups.Scanner",
    .tp_basicsize = sizeof(Scanner),
    .tp_dealloc = forget,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* scanner(layouts, make, outer, inner, tags, kinds, (type, room, id, data, source, subject, time,
   recorded))

   outer, inner: [(name, field)] of an item, and of the object in its `data`; tags: [(tag,
   kind)]; kinds: see
   `learn_kind`; then the fields that have a part of their own, -1 where there is none. */
PyObject *make_scanner(PyObject *module, PyObject *args)
{
    PyObject *capsule, *make, *outer, *inner, *tags, *kinds;
    Scanner *made = PyObject_New(Scanner, &Scanner_type);
    if (made == NULL)
        return NULL;
    memset((char *)made + sizeof(PyObject), 0, sizeof(Scanner) - sizeof(PyObject));
    if (!PyArg_ParseTuple(args, "OOO!O!O!O!(iiiiiiii)", &capsule, &make, &PyList_Type, &outer,
                          &PyList_Type, &inner, &PyList_Type, &tags, &PyList_Type, &kinds, &made->type, &made->room,
                          &made->id, &made->data, &made->source, &made->subject, &made->time,
                          &made->recorded))
        goto failed;
    made->layouts = Py_NewRef(capsule);
    made->make = Py_NewRef(make);
    if (learn_names(&made->outer, outer) < 0 || learn_names(&made->inner, inner) < 0 ||
        learn_names(&made->tags, tags) < 0)
        goto failed;
    if (PyList_GET_SIZE(kinds) > MOST_KINDS) {
        PyErr_SetString(PyExc_ValueError, "too many kinds of facts");
        goto failed;
    }
    made->kinds = PyMem_Calloc(PyList_GET_SIZE(kinds) + 1, sizeof(Kind));
    made->rooms = new_rooms();
    if (made->kinds == NULL || made->rooms == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(kinds); each++) {
        made->kinds_count++;
        if (learn_kind(&made->kinds[each], PyList_GET_ITEM(kinds, each)) < 0)
            goto failed;
    }
    return (PyObject *)made;
failed:
    Py_DECREF(made);
    return NULL;
}
