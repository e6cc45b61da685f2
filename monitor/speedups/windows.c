/* The ring of seconds, a fact at a time: what windows.py does with numpy. */

#include "arrays.h"
#include <string.h>

#define SPANS 3

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

/* The windows of a table; see windows.py. */
typedef struct {
    int16_t *ring; /* (counters, slots, wide) */
    int64_t *sums; /* (spans and the session, counters, wide) */
    Py_ssize_t counters, slots, wide, spans[SPANS];
} Windows;

static int windows_of(Arrays *arrays, Windows *windows, PyObject *const *arguments)
{
    Py_ssize_t cells, sums;
    windows->ring = items(arrays, arguments[0], 2, &cells);
    windows->sums = windows->ring ? items(arrays, arguments[1], 8, &sums) : NULL;
    if (!windows->sums || !PyArg_ParseTuple(arguments[2], "nnn", &windows->spans[0],
                                            &windows->spans[1], &windows->spans[2]))
        return 0;
    const Py_buffer *ring = &arrays->view[0];
    if (ring->ndim != 3 || !cells)
        return 0;
    windows->counters = ring->shape[0], windows->slots = ring->shape[1];
    windows->wide = ring->shape[2];
    for (int span = 0; span < SPANS; span++)
        if (windows->spans[span] < 1 || windows->spans[span] > windows->slots)
            return 0;
    return sums == (SPANS + 1) * windows->counters * windows->wide;
}

/* The place of a slot in the ring; before the epoch it is below 0. */
static Py_ssize_t place_of(const Windows *windows, int64_t slot)
{
    Py_ssize_t place = (Py_ssize_t)(slot % windows->slots);
    return place < 0 ? place + windows->slots : place;
}

static int put_beside(PyObject *beside, int64_t slot, int64_t row, Py_ssize_t counter, int64_t value)
{
    PyObject *four = Py_BuildValue("LLnL", (long long)slot, (long long)row, counter,
                                   (long long)value);
    int failed = four == NULL || PyList_Append(beside, four) < 0;
    Py_XDECREF(four);
    return failed;
}

static int add(const Windows *windows, Py_ssize_t counter, const Column *rows, const Column *slots,
               const Column *values, int64_t now, PyObject *beside)
{
    Py_ssize_t cells = windows->counters * windows->wide, place_now = place_of(windows, now);
    int64_t *sums = windows->sums + counter * windows->wide;
    int16_t *ring = windows->ring + counter * windows->slots * windows->wide;
    for (Py_ssize_t index = 0; index < rows->length; index++) {
        int64_t row = of(rows, index), slot = of(slots, index), value = of(values, index);
        int64_t age = now - slot;
        if (row < 0 || row >= windows->wide || age < 0) {
            PyErr_SetString(PyExc_AssertionError, "nothing is counted before it happens");
            return 1;
        }
        sums[SPANS * cells + row] += value;
        if (age >= windows->slots)
            continue;
        Py_ssize_t place = place_now - (Py_ssize_t)age;
        int16_t *cell = ring + (place < 0 ? place + windows->slots : place) * windows->wide + row;
        if (value <= INT16_MAX - *cell && value >= INT16_MIN - *cell)
            *cell += (int16_t)value;
        else if (put_beside(beside, slot, row, counter, value))
            return 1;
        for (int span = 0; span < SPANS; span++)
            if (age < windows->spans[span])
                sums[span * cells + row] += value;
    }
    return 0;
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
            add(&windows, counter, &rows, &slots, &values, now, arguments[5]);
            closed(&its, NULL);
        }
    }
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}

/* rolled(ring, sums, spans, counters, coming): the present moves on to the slot that comes

   What falls out of a span leaves its sum; of `counters`, those that are in use. */
PyObject *rolled(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Windows windows;
    Py_ssize_t length;
    if (count != 5 || !windows_of(&arrays, &windows, arguments))
        return wrong_lengths(&arrays);
    const int64_t *counters = items(&arrays, arguments[3], 8, &length);
    long long coming = PyLong_AsLongLong(arguments[4]);
    Py_ssize_t wide = windows.wide, cells = windows.counters * wide;
    for (Py_ssize_t index = 0; counters && index < length && !PyErr_Occurred(); index++) {
        if (counters[index] < 0 || counters[index] >= windows.counters)
            return wrong_lengths(&arrays);
        int16_t *ring = windows.ring + counters[index] * windows.slots * wide;
        for (int span = 0; span < SPANS; span++) {
            const int16_t *gone = ring + place_of(&windows, coming - windows.spans[span]) * wide;
            int64_t *sums = windows.sums + span * cells + counters[index] * wide;
            for (Py_ssize_t row = 0; row < wide; row++)
                sums[row] -= gone[row];
        }
        memset(ring + place_of(&windows, coming) * wide, 0, (size_t)wide * sizeof *ring);
    }
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}
