/* numpy's arrays by the buffer protocol: one-dimensional, contiguous, int64 or float64
   unless a function says otherwise. */

#ifndef ROOMWATCH_ARRAYS_H
#define ROOMWATCH_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define NEVER (-1) /* as in people.py */
#define SPREAD UINT64_C(11400714819323198485) /* as in hashes.py: 2^64 / golden ratio */

typedef struct {
    Py_buffer view[12];
    int open;
} Arrays;

/* The items of an array, each of `itemsize` bytes; NULL with an exception set. */
static inline void *items(Arrays *arrays, PyObject *object, Py_ssize_t itemsize, Py_ssize_t *length)
{
    Py_buffer *view = &arrays->view[arrays->open];
    if (PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS) < 0)
        return NULL;
    arrays->open++;
    if (view->itemsize != itemsize) {
        PyErr_Format(PyExc_TypeError, "an array of items of %zd bytes is wanted", itemsize);
        return NULL;
    }
    *length = view->len / itemsize;
    return view->buf;
}

/* Let go of all arrays, and return `result`. */
static inline PyObject *closed(Arrays *arrays, PyObject *result)
{
    while (arrays->open)
        PyBuffer_Release(&arrays->view[--arrays->open]);
    return result;
}

static inline PyObject *wrong_lengths(Arrays *arrays)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "the arrays are not of the lengths that belong together");
    return closed(arrays, NULL);
}

PyObject *layouts(PyObject *module, PyObject *kinds);
PyObject *gather(PyObject *module, PyObject *args);
PyObject *known(PyObject *module, PyObject *args);
PyObject *shelved(PyObject *module, PyObject *args);
int words(void);

PyObject *meet(PyObject *module, PyObject *args);
PyObject *has(PyObject *module, PyObject *args);
PyObject *number(PyObject *module, PyObject *args);
PyObject *people(PyObject *module, PyObject *args);
PyObject *rehash(PyObject *module, PyObject *args);
PyObject *saw(PyObject *module, PyObject *args);
PyObject *reached(PyObject *module, PyObject *args);
PyObject *move(PyObject *module, PyObject *args);
PyObject *newest(PyObject *module, PyObject *args);
PyObject *told(PyObject *module, PyObject *args);
PyObject *stirring(PyObject *module, PyObject *args);
PyObject *heard(PyObject *module, PyObject *args);

PyObject *run(PyObject *module, PyObject *args);

#endif
