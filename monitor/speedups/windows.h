/* The ring of seconds, as windows.py keeps it. */

#ifndef ROOMWATCH_WINDOWS_H
#define ROOMWATCH_WINDOWS_H

#include "arrays.h"

#define SPANS 3

/* The windows of a table; see windows.py. */
typedef struct {
    int16_t *ring; /* (counters, slots, wide) */
    int64_t *sums; /* (spans and the session, counters, wide) */
    Py_ssize_t counters, slots, wide, spans[SPANS];
} Windows;

/* From the arguments ring, sums and spans. False, perhaps with an exception set. */
static inline int windows_of(Arrays *arrays, Windows *windows, PyObject *const *arguments)
{
    Py_ssize_t cells, sums;
    const Py_buffer *ring = &arrays->view[arrays->open];
    windows->ring = items(arrays, arguments[0], 2, &cells);
    windows->sums = windows->ring ? items(arrays, arguments[1], 8, &sums) : NULL;
    if (!windows->sums || !PyArg_ParseTuple(arguments[2], "nnn", &windows->spans[0],
                                            &windows->spans[1], &windows->spans[2]))
        return 0;
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
static inline Py_ssize_t place_of(const Windows *windows, int64_t slot)
{
    Py_ssize_t place = (Py_ssize_t)(slot % windows->slots);
    return place < 0 ? place + windows->slots : place;
}

/* A counter, at a present. What does not fit into a cell of the ring is appended to the list
   `beside`: (slot, row, counter, value). */
typedef struct {
    Py_ssize_t counter, wide, slots, cells, place_now;
    const Py_ssize_t *spans;
    int16_t *ring;
    int64_t *sums, now;
    PyObject *beside;
} Counter;

static inline Counter counter_of(const Windows *windows, Py_ssize_t counter, int64_t now,
                                 PyObject *beside)
{
    return (Counter){
        .counter = counter, .wide = windows->wide, .slots = windows->slots,
        .cells = windows->counters * windows->wide, .place_now = place_of(windows, now),
        .spans = windows->spans,
        .ring = windows->ring + counter * windows->slots * windows->wide,
        .sums = windows->sums + counter * windows->wide, .now = now, .beside = beside,
    };
}

int put_beside(const Counter *counter, int64_t row, int64_t slot, int64_t value);

/* Add a value of a row in a slot; -1 with an exception set, if it can not be. */
static inline int add_to(const Counter *counter, int64_t row, int64_t slot, int64_t value)
{
    int64_t age = counter->now - slot;
    if (row < 0 || row >= counter->wide || age < 0) {
        PyErr_SetString(PyExc_AssertionError, "nothing is counted before it happens");
        return -1;
    }
    int64_t *sums = counter->sums + row;
    sums[SPANS * counter->cells] += value;
    if (age >= counter->slots)
        return 0;
    Py_ssize_t place = counter->place_now - (Py_ssize_t)age;
    int16_t *cell = counter->ring + (place < 0 ? place + counter->slots : place) * counter->wide + row;
    for (int span = 0; span < SPANS; span++)
        if (age < counter->spans[span])
            sums[span * counter->cells] += value;
    if (value > INT16_MAX - *cell || value < INT16_MIN - *cell)
        return put_beside(counter, row, slot, value);
    *cell += (int16_t)value;
    return 0;
}

#endif
