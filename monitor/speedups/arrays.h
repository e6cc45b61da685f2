/* numpy's arrays by the buffer protocol: one-dimensional, contiguous, int64 or float64
   unless a function says otherwise. */

#ifndef ROOMWATCH_ARRAYS_H
#define ROOMWATCH_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define SPREAD UINT64_C(11400714819323198485) /* as in hashes.py: 2^64 / golden ratio */

enum { TOTAL = 1, STAFF = 2, UNTIMED = 4, NAMED = 8, LOOSE = 16, CAPPED = 32 }; /* as in grouping.py */

/* Before a function: once more for processors that can do more at a time; the linker chooses
   when the module is loaded. What comes out is the same. */
#if defined(__x86_64__) && defined(__GNUC__) && defined(__gnu_linux__) && !defined(__clang__)
#if __GNUC__ >= 12
#define WIDEST __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDEST __attribute__((target_clones("avx2", "default")))
#endif
#else
#define WIDEST
#endif

typedef struct {
    Py_buffer view[16];
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

typedef struct {
    void *at;
    Py_ssize_t length;
} Items;

/* The arrays among arguments: `sizes` has a digit for each argument, the bytes of an item;
   or a dash, where it is no array. False with an exception set. */
static inline int taken(Arrays *arrays, PyObject *const *arguments, Py_ssize_t count,
                        const char *sizes, Items *found)
{
    for (Py_ssize_t each = 0; sizes[each]; each++) {
        if (each >= count) {
            PyErr_Format(PyExc_TypeError, "%zd arguments are too few", count);
            return 0;
        }
        if (sizes[each] == '-')
            continue;
        found[each].at = items(arrays, arguments[each], sizes[each] - '0', &found[each].length);
        if (found[each].at == NULL)
            return 0;
    }
    return 1;
}

/* A table of hashes and of their numbers, as in hashes.py. */
typedef struct {
    int64_t *keys;
    int32_t *numbers;
    Py_ssize_t slots;
} Table;

static inline Py_ssize_t slot_of(const int64_t *keys, Py_ssize_t slots, int64_t key)
{
    Py_ssize_t slot = (Py_ssize_t)((uint64_t)key >> 1) & (slots - 1);
    while (keys[slot] != 0 && keys[slot] != key)
        slot = (slot + 1) & (slots - 1);
    return slot;
}

/* What a key will need soon is fetched while the ones before it are at work. */
static inline void fetch_slot(const Table *table, int64_t key)
{
    Py_ssize_t slot = (Py_ssize_t)((uint64_t)key >> 1) & (table->slots - 1);
    __builtin_prefetch(&table->keys[slot], 1);
    if (table->numbers)
        __builtin_prefetch(&table->numbers[slot], 1);
}

/* A table has a power of two of slots, and is never full: else looking for one would not end. */
static inline int no_table(Py_ssize_t slots)
{
    return slots < 1 || (slots & (slots - 1)) != 0;
}

PyObject *layouts(PyObject *module, PyObject *kinds);
PyObject *gather(PyObject *module, PyObject *args);
PyObject *numbers_of(PyObject *module, PyObject *args);
PyObject *parted(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *known(PyObject *module, PyObject *args);
int words(void);
int64_t row_in(PyObject *rows, PyObject *room); /* the row of a name, or admit it */

PyObject *meet(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *number(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *numbered(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *rehash(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *reached(PyObject *module, PyObject *args);

PyObject *move(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *rolled(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *did(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *told(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *newest(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *placed(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *made(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *became(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *took(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *bought(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *heard(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *silent(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *learned(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *calm(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *outlook(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *watched(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *late(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *run(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *sloping(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *selling(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
PyObject *lasting(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

PyObject *stepped(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

#endif
