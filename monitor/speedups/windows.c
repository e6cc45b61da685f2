/* The ring of seconds, a fact at a time: what windows.py does with numpy. */

#include "windows.h"
#include <string.h>

/* Whole numbers, each `step` bytes after the other; step 0 is one number for all. */
typedef struct {
    const char *at;
    Py_ssize_t step, length;
    int64_t one;
} Column;

static int column(Arrays *arrays, PyObject *object, Column *column)
{
    Py_buffer *view = &arrays->view[arrays->open];
    if (PyLong_Check(object)) {
        *column = (Column){.length = -1, .one = PyLong_AsLongLong(object)};
        column->at = (const char *)&column->one;
        return PyErr_Occurred() != NULL;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_STRIDED_RO) < 0)
        return 1;
    arrays->open++;
    if (view->ndim != 1 || view->itemsize != 8) {
        PyErr_SetString(PyExc_TypeError, "one dimension of 64-bit integers is wanted");
        return 1;
    }
    *column = (Column){.at = view->buf, .step = view->strides[0], .length = view->shape[0]};
    return 0;
}

static inline int64_t of(const Column *column, Py_ssize_t index)
{
    return *(const int64_t *)(column->at + index * column->step);
}

int put_beside(const Counter *counter, int64_t row, int64_t slot, int64_t value)
{
    PyObject *four = Py_BuildValue("LLnL", (long long)slot, (long long)row, counter->counter,
                                   (long long)value);
    int failed = four == NULL || PyList_Append(counter->beside, four) < 0;
    Py_XDECREF(four);
    return failed ? -1 : 0;
}

/* move(ring, sums, spans, noted, now, beside): add to counters all that was noted

   Of each note: (counter, rows, slots, values). What does not fit into a cell of the ring is
   appended to the list `beside`: (slot, row, counter, value). */
PyObject *move(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Windows windows;
    if (count != 6 || !PyList_Check(arguments[3]) || !PyList_Check(arguments[5]) ||
        !windows_of(&arrays, &windows, arguments))
        return wrong_lengths(&arrays);
    long long now = PyLong_AsLongLong(arguments[4]);
    for (Py_ssize_t note = 0; note < PyList_GET_SIZE(arguments[3]) && !PyErr_Occurred(); note++) {
        PyObject *rows_, *slots_, *values_;
        Py_ssize_t counter;
        Column rows, slots, values;
        Arrays its = {.open = 0};
        if (!PyArg_ParseTuple(PyList_GET_ITEM(arguments[3], note), "nOOO", &counter, &rows_,
                              &slots_, &values_))
            break;
        if (column(&its, rows_, &rows) || column(&its, slots_, &slots) ||
            column(&its, values_, &values) || counter < 0 || counter >= windows.counters ||
            (slots.step && slots.length != rows.length) ||
            (values.step && values.length != rows.length))
            wrong_lengths(&its);
        else {
            const Counter its_own = counter_of(&windows, counter, now, arguments[5]);
            for (Py_ssize_t index = 0; index < rows.length; index++)
                if (add_to(&its_own, of(&rows, index), of(&slots, index), of(&values, index)) < 0)
                    break;
            closed(&its, NULL);
        }
    }
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}

#define CHUNK 32 /* rows: two lines of a processor's cache */

static int is_empty(const int16_t *cells)
{
    uint64_t found = 0, eight[CHUNK / 4];
    memcpy(eight, cells, sizeof eight);
    for (int each = 0; each < CHUNK / 4; each++)
        found |= eight[each];
    return found == 0;
}

/* Take cells from sums, marking their rows. In most seconds most rows have counted nothing. */
static void leave(const int16_t *gone, int64_t *sums, uint8_t *moved, Py_ssize_t wide)
{
    for (Py_ssize_t row = 0; row < wide;) {
        if (row + CHUNK <= wide && is_empty(gone + row)) {
            row += CHUNK;
            continue;
        }
        for (Py_ssize_t end = row + CHUNK < wide ? row + CHUNK : wide; row < end; row++) {
            sums[row] -= gone[row];
            moved[row] |= gone[row] != 0;
        }
    }
}

/* A page that was never written takes no memory; it is left so. */
static void clear(int16_t *cells, Py_ssize_t wide)
{
    Py_ssize_t row = 0;
    for (; row + CHUNK <= wide; row += CHUNK)
        if (!is_empty(cells + row))
            memset(cells + row, 0, CHUNK * sizeof *cells);
    memset(cells + row, 0, (size_t)(wide - row) * sizeof *cells);
}

/* rolled(ring, sums, spans, counters, coming, moved): the present moves on to the slot that comes

   What falls out of a span leaves its sum; of `counters`, those that are in use. `moved` has a
   byte for each row, which becomes 1 where a sum is not what it was. */
PyObject *rolled(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Windows windows;
    Py_ssize_t length, marks;
    if (count != 6 || !windows_of(&arrays, &windows, arguments))
        return wrong_lengths(&arrays);
    const int64_t *counters = items(&arrays, arguments[3], 8, &length);
    uint8_t *moved = counters ? items(&arrays, arguments[5], 1, &marks) : NULL;
    long long coming = PyLong_AsLongLong(arguments[4]);
    Py_ssize_t wide = windows.wide, cells = windows.counters * wide;
    if (moved == NULL || marks != wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length && !PyErr_Occurred(); index++) {
        if (counters[index] < 0 || counters[index] >= windows.counters)
            return wrong_lengths(&arrays);
        int16_t *ring = windows.ring + counters[index] * windows.slots * wide;
        for (int span = 0; span < SPANS; span++)
            leave(ring + place_of(&windows, coming - windows.spans[span]) * wide,
                  windows.sums + span * cells + counters[index] * wide, moved, wide);
        clear(ring + place_of(&windows, coming) * wide, wide);
    }
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}
