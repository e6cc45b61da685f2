/* Tables of hashes, a key at a time: what the modules that call these
   do a batch at a time with numpy. */

#include "arrays.h"

#define AHEAD 8 /* keys */

/* meet(table, before, keys, fresh) -> how many are new in the table

   Remember keys; `fresh` (bytes) tells which are met for the first time, here and in the table
   `before`, if that has slots. Key 0 is nobody's: always fresh, never remembered. */
PyObject *meet(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[4];
    if (!taken(&arrays, arguments, count, "8881", of))
        return closed(&arrays, NULL);
    const Table table = {.keys = of[0].at, .slots = of[0].length};
    const Table before = {.keys = of[1].at, .slots = of[1].length};
    const int64_t *keys = of[2].at;
    uint8_t *fresh = of[3].at;
    Py_ssize_t length = of[2].length, met = 0;
    if (of[3].length != length || no_table(table.slots) || (before.slots && no_table(before.slots)))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (index + AHEAD < length) {
            fetch_slot(&table, keys[index + AHEAD]);
            if (before.slots)
                fetch_slot(&before, keys[index + AHEAD]);
        }
        fresh[index] = 1;
        if (keys[index] == 0)
            continue;
        Py_ssize_t slot = slot_of(table.keys, table.slots, keys[index]);
        if (table.keys[slot])
            fresh[index] = 0;
        else {
            table.keys[slot] = keys[index], met++;
            fresh[index] = !before.slots ||
                           !before.keys[slot_of(before.keys, before.slots, keys[index])];
        }
    }
    return closed(&arrays, PyLong_FromSsize_t(met));
}

/* number(table, numbers, used, keys, result, fresh) -> how many are used now

   The number of each key: a new one is the next, and `fresh` (bytes) tells who got it. */
PyObject *number(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[6];
    if (!taken(&arrays, arguments, count, "84-881", of))
        return closed(&arrays, NULL);
    const Table table = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length};
    Py_ssize_t used = PyLong_AsSsize_t(arguments[2]), length = of[3].length;
    const int64_t *keys = of[3].at;
    int64_t *result = of[4].at;
    uint8_t *fresh = of[5].at;
    if (PyErr_Occurred() || no_table(table.slots) || of[1].length != table.slots ||
        of[4].length != length || of[5].length != length || used + length >= table.slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (index + AHEAD < length)
            fetch_slot(&table, keys[index + AHEAD]);
        Py_ssize_t slot = slot_of(table.keys, table.slots, keys[index]);
        fresh[index] = table.keys[slot] == 0;
        if (fresh[index])
            table.keys[slot] = keys[index], table.numbers[slot] = (int32_t)++used;
        result[index] = table.numbers[slot];
    }
    return closed(&arrays, PyLong_FromSsize_t(used));
}

#define BLOCK 64

/* reached(newest, since, reached): registers with a rank met in a second or later

   newest is (ranks, registers) of uint32; reached (seconds, ranks), how many registers have
   met at least that rank since then; see sketches.py. Registers come in blocks of 64. */
PyObject *reached(PyObject *module, PyObject *args)
{
    PyObject *newest_, *since_, *reached_;
    Arrays arrays = {.open = 0};
    Py_ssize_t cells, seconds, places;
    if (!PyArg_ParseTuple(args, "OOO", &newest_, &since_, &reached_))
        return NULL;
    const uint32_t *newest = items(&arrays, newest_, 4, &cells);
    const int64_t *since = newest ? items(&arrays, since_, 8, &seconds) : NULL;
    int64_t *reached = since ? items(&arrays, reached_, 8, &places) : NULL;
    if (!reached || !seconds || !places || places % seconds || cells % (places / seconds * BLOCK))
        return wrong_lengths(&arrays);
    Py_ssize_t ranks = places / seconds, registers = cells / ranks;
    memset(reached, 0, (size_t)places * sizeof *reached);
    for (Py_ssize_t block = 0; block < registers; block += BLOCK) {
        uint32_t top[BLOCK] = {0};
        for (Py_ssize_t rank = ranks - 1; rank >= 0; rank--) {
            const uint32_t *met = newest + rank * registers + block;
            for (int index = 0; index < BLOCK; index++)
                top[index] = met[index] > top[index] ? met[index] : top[index];
            for (Py_ssize_t which = 0; which < seconds; which++) {
                uint32_t second = (uint32_t)since[which], found = 0;
                for (int index = 0; index < BLOCK; index++)
                    found += top[index] >= second;
                reached[which * ranks + rank] += found;
            }
        }
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* numbered(table, numbers, keys, result): the number of each key, 0 where it has none. */
PyObject *numbered(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[4];
    if (!taken(&arrays, arguments, count, "8488", of))
        return closed(&arrays, NULL);
    const Table table = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length};
    const int64_t *keys = of[2].at;
    int64_t *result = of[3].at;
    if (no_table(table.slots) || of[1].length != table.slots || of[3].length != of[2].length)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < of[2].length; index++) {
        Py_ssize_t slot = slot_of(table.keys, table.slots, keys[index]);
        result[index] = table.keys[slot] ? table.numbers[slot] : 0;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* rehash(old, its numbers, table, numbers of the table): put all keys into an empty table. */
PyObject *rehash(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[4];
    if (!taken(&arrays, arguments, count, "8484", of))
        return closed(&arrays, NULL);
    const Table old = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length};
    const Table table = {.keys = of[2].at, .numbers = of[3].at, .slots = of[2].length};
    if (no_table(table.slots) || of[1].length != old.slots || of[3].length != table.slots ||
        old.slots >= table.slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < old.slots; index++)
        if (old.keys[index]) {
            Py_ssize_t slot = slot_of(table.keys, table.slots, old.keys[index]);
            table.keys[slot] = old.keys[index], table.numbers[slot] = old.numbers[index];
        }
    return closed(&arrays, Py_NewRef(Py_None));
}

