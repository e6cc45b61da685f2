/* The life of alerts, a cell at a time: what alerts/lifecycle.py does with numpy. */

#include "arrays.h"
#include <string.h>

enum { QUIET, PENDING, FIRING, RECOVERING }; /* as in alerts/lifecycle.py */

typedef struct {
    const uint8_t *holds, *fails, *flapping;
    int8_t *state;
    uint8_t *unknown;
    double *since, *seen;
    const double *waits, *keeps, *calms; /* of each rule */
    double now, elapsed;
} Cells;

/* Move one cell; what lifecycle.py packs of a move, or -1 where nothing moved. */
static int moved(const Cells *of, Py_ssize_t cell, Py_ssize_t rule)
{
    int was = of->state[cell], becomes = was, holds = of->holds[cell], fails = of->fails[cell];
    int paused = !holds && !fails, turned = of->unknown[cell] != paused;
    if (holds) {
        if (was == QUIET)
            of->since[cell] = of->now;
        of->seen[cell] = of->now;
        becomes = was >= FIRING || of->now - of->since[cell] >= of->waits[rule] ? FIRING : PENDING;
    } else if (fails && was == PENDING) {
        becomes = QUIET;
    } else if (fails && was >= FIRING) {
        double keep = of->keeps[rule];
        if (of->flapping[cell] && of->calms[rule] > keep)
            keep = of->calms[rule];
        becomes = of->now - of->seen[cell] >= keep ? QUIET : RECOVERING;
    } else if (paused && was >= FIRING) {
        of->seen[cell] += of->elapsed;
    } else if (paused && was == PENDING) {
        of->since[cell] += of->elapsed;
    }
    of->state[cell] = (int8_t)becomes;
    of->unknown[cell] = (uint8_t)paused;
    return turned || becomes != was ? was | becomes << 2 | turned << 4 | paused << 5 : -1;
}

/* Whether eight cells are quiet and none of them holds. */
static int asleep(const Cells *of, Py_ssize_t cell)
{
    uint64_t holds, state;
    memcpy(&holds, of->holds + cell, 8);
    memcpy(&state, of->state + cell, 8);
    return (holds | state) == 0;
}

static int step_all(const Cells *of, Py_ssize_t rules, Py_ssize_t rows, PyObject *moves)
{
    for (Py_ssize_t rule = 0; rule < rules; rule++) {
        Py_ssize_t end = (rule + 1) * rows;
        for (Py_ssize_t cell = rule * rows; cell < end; cell++) {
            while (cell + 8 <= end && asleep(of, cell))
                cell += 8;
            if (cell == end)
                break;
            if (!of->holds[cell] && of->state[cell] == QUIET)
                continue;
            int what = moved(of, cell, rule);
            if (what < 0)
                continue;
            PyObject *packed = PyLong_FromLongLong((long long)cell << 6 | what);
            if (packed == NULL || PyList_Append(moves, packed) < 0) {
                Py_XDECREF(packed);
                return -1;
            }
            Py_DECREF(packed);
        }
    }
    return 0;
}

/* stepped(holds, fails, flapping, state, unknown, since, seen, waits, keeps, calms, now, elapsed)
   -> list of cell << 6 | paused << 5 | turned << 4 | becomes << 2 | was

   The first seven are matrices of rules × rows: bytes, but `since` and `seen`; the next
   three have an item a rule. Only what moved is told. */
PyObject *stepped(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[10];
    if (!taken(&arrays, arguments, count, "1111188888--", of))
        return wrong_lengths(&arrays);
    for (int index = 1; index < 10; index++)
        if (of[index].length != of[index < 7 ? 0 : 7].length)
            return wrong_lengths(&arrays);
    Py_ssize_t rules = of[7].length, cells = of[0].length;
    if (rules ? cells % rules : cells)
        return wrong_lengths(&arrays);
    Cells all = {
        of[0].at, of[1].at, of[2].at, of[3].at, of[4].at, of[5].at, of[6].at, of[7].at, of[8].at,
        of[9].at, PyFloat_AsDouble(arguments[10]), PyFloat_AsDouble(arguments[11]),
    };
    PyObject *moves = PyErr_Occurred() ? NULL : PyList_New(0);
    if (moves != NULL && step_all(&all, rules, rules ? cells / rules : 0, moves) < 0)
        Py_CLEAR(moves);
    return closed(&arrays, moves);
}
