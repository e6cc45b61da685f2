/* Readings of counters and gauges, one at a time: what totals.py and traffic.py do a batch
   at a time with numpy. */

#include "arrays.h"
#include <string.h>

#define NO_SLOT (-(INT64_C(1) << 40)) /* as in windows.py */

/* The last readings of each line: a ring of `most`, in order of time. */
typedef struct {
    double *at;
    int64_t *total, *slot, *came;
    int64_t lines, most;
    int resets;
} Rings;

/* What rose: `which` reading tells it, in which slot, by how much. */
typedef struct {
    int64_t *which, *slot, *value;
    Py_ssize_t made;
} Rises;

/* A total rose from `before`, the cell of a ring (or -1, where there is none), to a reading. */
static int64_t grown(const Rings *rings, int64_t before, int64_t total)
{
    if (before < 0)
        return total;
    int64_t rise = total - rings->total[before];
    return rise >= 0 ? rise : rings->resets ? total : 0;
}

static void rose(Rises *rises, int64_t which, int64_t slot, int64_t value)
{
    if (value) {
        rises->which[rises->made] = which, rises->slot[rises->made] = slot;
        rises->value[rises->made++] = value;
    }
}

static void put(const Rings *rings, int64_t cell, double at, int64_t total, int64_t slot)
{
    rings->at[cell] = at, rings->total[cell] = total, rings->slot[cell] = slot;
}

/* A reading of a line: it is the newest, or it parts the rise of its neighbours. */
static void take(const Rings *rings, int64_t line, int64_t which, double at, int64_t total,
                 int64_t slot, Rises *rises)
{
    int64_t first = line * rings->most, came = rings->came[line], most = rings->most;
    int64_t held = came < most ? came : most, place = came;
#define CELL(number) (first + (number) % most)
    while (place > came - held && at < rings->at[CELL(place - 1)])
        place--;
    if (place == came - held && came > held)
        return; /* older than what is remembered: its rise is counted already */
    int64_t before = place > came - held ? CELL(place - 1) : -1;
    rose(rises, which, before < 0 ? NO_SLOT : slot, grown(rings, before, total));
    if (place < came) {
        int64_t after = CELL(place), its = rings->total[after];
        rose(rises, which, before < 0 ? NO_SLOT : rings->slot[after], -grown(rings, before, its));
        int64_t rise = its - total;
        rose(rises, which, rings->slot[after], rise >= 0 ? rise : rings->resets ? its : 0);
    }
    for (int64_t number = came; number > place; number--) {
        int64_t from = CELL(number - 1);
        put(rings, CELL(number), rings->at[from], rings->total[from], rings->slot[from]);
    }
    put(rings, CELL(place), at, total, slot);
    rings->came[line]++;
#undef CELL
}

/* told(line, rows, at, total, slot, ring_at, ring_total, ring_slot, came, resets, found)
   -> how many changes; -1 where a row has no line yet, and then nothing is done

   Totals of rows; see totals.py. `line` is that of each row, -1 for none. found is
   (3, 3 x totals): which reading changed something, in which slot, by how much. */
PyObject *told(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[11];
    if (!taken(&arrays, arguments, count, "888888888-8", of))
        return closed(&arrays, NULL);
    const int64_t *line = of[0].at, *rows = of[1].at, *total = of[3].at, *slot = of[4].at;
    const double *at = of[2].at;
    Py_ssize_t length = of[1].length, cells = of[5].length, lines = of[8].length;
    if (of[2].length != length || of[3].length != length || of[4].length != length ||
        of[6].length != cells || of[7].length != cells || of[10].length != 9 * length ||
        (lines ? cells % lines : cells))
        return wrong_lengths(&arrays);
    Rings rings = {
        .at = of[5].at, .total = of[6].at, .slot = of[7].at, .came = of[8].at, .lines = lines,
        .most = lines ? cells / lines : 0, .resets = PyObject_IsTrue(arguments[9]),
    };
    Rises rises = {.which = of[10].at, .made = 0};
    rises.slot = rises.which + 3 * length, rises.value = rises.slot + 3 * length;
    for (Py_ssize_t index = 0; index < length; index++) {
        if (rows[index] < 0 || (rows[index] < of[0].length && line[rows[index]] >= lines))
            return wrong_lengths(&arrays);
        if (rows[index] >= of[0].length || line[rows[index]] < 0)
            return closed(&arrays, PyLong_FromLong(-1));
    }
    for (Py_ssize_t index = 0; index < length; index++)
        take(&rings, line[rows[index]], index, at[index], total[index], slot[index], &rises);
    return closed(&arrays, PyLong_FromSsize_t(rises.made));
}

/* newest(rows, at, values, known_at, known, peak, written) -> how many were written

   Write readings that are not older than what is known, of one instant the greatest; below 0
   there is none. `peak` becomes the greatest of all, where it has rows. `written` tells
   which were, in their order. */
PyObject *newest(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[7];
    if (!taken(&arrays, arguments, count, "8888888", of))
        return closed(&arrays, NULL);
    const int64_t *rows = of[0].at, *values = of[2].at;
    const double *at = of[1].at;
    double *known_at = of[3].at, *known = of[4].at, *peak = of[5].at;
    int64_t *written = of[6].at, made = 0;
    Py_ssize_t length = of[0].length, wide = of[3].length;
    if (of[1].length != length || of[2].length != length || of[6].length != length ||
        of[4].length != wide || (of[5].length && of[5].length != wide))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t row = rows[index];
        if (row < 0 || row >= wide)
            return wrong_lengths(&arrays);
        double value = (double)values[index];
        if (value < 0)
            continue;
        if (of[5].length && !(peak[row] >= value))
            peak[row] = value;
        if (at[index] < known_at[row] || (at[index] == known_at[row] && value < known[row]))
            continue;
        known_at[row] = at[index], known[row] = value;
        written[made++] = index;
    }
    return closed(&arrays, PyLong_FromSsize_t(made));
}
