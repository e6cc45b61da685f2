/* What is heard of rooms, and how late: what freshness.py and lag.py do with numpy. */

#include "arrays.h"
#include <math.h>
#include <string.h>

#define UNTIMED 4 /* as in grouping.py */

/* heard(first_at, heard_at, count, stalled, feed, rows, now) -> whether one of them has stalled

   A message of a feed from each of `rows`; the columns are (feeds, rooms). */
PyObject *heard(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[7];
    if (!taken(&arrays, arguments, count, "8881-8-", of))
        return closed(&arrays, NULL);
    Py_ssize_t feed = PyLong_AsSsize_t(arguments[4]), cells = of[0].length, length = of[5].length;
    double now = PyFloat_AsDouble(arguments[6]);
    Py_buffer *first_at = &arrays.view[0];
    Py_ssize_t wide = first_at->ndim == 2 ? first_at->shape[1] : 0;
    if (PyErr_Occurred() || of[1].length != cells || of[2].length != cells ||
        of[3].length != cells || feed < 0 || (feed + 1) * wide > cells)
        return wrong_lengths(&arrays);
    double *first = (double *)of[0].at + feed * wide, *last = (double *)of[1].at + feed * wide;
    int64_t *messages = (int64_t *)of[2].at + feed * wide;
    const int64_t *rows = of[5].at;
    const uint8_t *stalled = (uint8_t *)of[3].at + feed * wide;
    int some = 0;
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t row = rows[index];
        if (row < 0 || row >= wide)
            return wrong_lengths(&arrays);
        if (!(first[row] <= now))
            first[row] = now;
        last[row] = now;
        messages[row]++;
        some |= stalled[row];
    }
    return closed(&arrays, PyBool_FromLong(some));
}

/* What a silence has swallowed; see freshness.py. */
static double expected(double pace, double age, double half)
{
    return pace * half * -expm1(-age / half);
}

/* silent(heard_at, pace, stalled, owed, catching_up, unsteady, now, after_s, missing, half)

   Feeds that are silent for too long have stalled, and `unsteady` are rooms where one has, or
   catches up. The columns are (feeds, rooms), `unsteady` is (rooms). */
PyObject *silent(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[10];
    if (!taken(&arrays, arguments, count, "881811----", of))
        return closed(&arrays, NULL);
    double now = PyFloat_AsDouble(arguments[6]), after_s = PyFloat_AsDouble(arguments[7]);
    double missing = PyFloat_AsDouble(arguments[8]), half = PyFloat_AsDouble(arguments[9]);
    const double *heard_at = of[0].at, *pace = of[1].at;
    uint8_t *stalled = of[2].at, *catching_up = of[4].at, *unsteady = of[5].at;
    double *owed = of[3].at;
    Py_ssize_t cells = of[0].length, wide = of[5].length;
    if (PyErr_Occurred() || of[1].length != cells || of[2].length != cells ||
        of[3].length != cells || of[4].length != cells || !wide || cells % wide)
        return wrong_lengths(&arrays);
    memset(unsteady, 0, (size_t)wide);
    for (Py_ssize_t first = 0; first < cells; first += wide)
        for (Py_ssize_t row = 0; row < wide; row++) {
            Py_ssize_t cell = first + row;
            double age = now - heard_at[cell];
            if (age >= after_s) { /* never more is missing than pace x age: that is soon told */
                if (!stalled[cell] && pace[cell] * age >= missing)
                    stalled[cell] = expected(pace[cell], age, half) >= missing;
                if (stalled[cell])
                    owed[cell] = missing;
            }
            unsteady[row] |= stalled[cell] | catching_up[cell];
        }
    return closed(&arrays, Py_NewRef(Py_None));
}

static Py_ssize_t place(double seconds, Py_ssize_t longest)
{
    return seconds < 0 ? 0 : seconds < (double)longest ? (Py_ssize_t)seconds : longest - 1;
}

/* learned(count, stalled, learned_at, listened_s, means, pace, kept, second, fewest_s)

   Move the paces of all that was heard in the second that is over. Columns are (feeds, rooms),
   means (2, feeds, rooms): a long one and a short one. `kept` is (2, seconds): what is kept of
   them after so long. */
PyObject *learned(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[9];
    if (!taken(&arrays, arguments, count, "8188888--", of))
        return closed(&arrays, NULL);
    double second = PyFloat_AsDouble(arguments[7]), fewest_s = PyFloat_AsDouble(arguments[8]);
    const int64_t *messages = of[0].at;
    const uint8_t *stalled = of[1].at;
    double *learned_at = of[2].at, *listened_s = of[3].at, *means = of[4].at, *pace = of[5].at;
    const double *kept = of[6].at;
    Py_ssize_t cells = of[0].length, longest = of[6].length / 2;
    Py_buffer *view = &arrays.view[0];
    Py_ssize_t wide = view->ndim == 2 ? view->shape[1] : 0;
    if (PyErr_Occurred() || of[1].length != cells || of[2].length != cells || !wide ||
        of[3].length != cells || of[4].length != 2 * cells || of[5].length != cells || longest < 2)
        return wrong_lengths(&arrays);
    for (Py_ssize_t cell = 0; cell < cells; cell++) {
        if (messages[cell] <= 0 || stalled[cell] || stalled[cell % wide])
            continue;
        double passed = second - learned_at[cell], many = (double)messages[cell], paces[2];
        passed = isnan(passed) ? 1.0 : passed;
        listened_s[cell] += passed;
        learned_at[cell] = second;
        double known_s = listened_s[cell] < fewest_s ? fewest_s : listened_s[cell];
        for (int which = 0; which < 2; which++) {
            const double *keep = kept + which * longest;
            double *mean = &means[which * cells + cell];
            *mean = *mean * keep[place(passed, longest)] + (1.0 - keep[1]) * many;
            paces[which] = *mean / (1.0 - keep[place(known_s, longest)]);
        }
        pace[cell] = cell < wide || paces[0] < paces[1] ? paces[0] : paces[1];
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* calm(first_at, resumed_at, stalled, rooms, now, everywhere, whole_s): what is so of each feed
   in the first rooms together; see freshness.py. Columns are (feeds, wide). */
PyObject *calm(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[7];
    if (!taken(&arrays, arguments, count, "881--18", of))
        return closed(&arrays, NULL);
    Py_ssize_t rooms = PyLong_AsSsize_t(arguments[3]), feeds = of[5].length;
    double now = PyFloat_AsDouble(arguments[4]), any_resumed = -INFINITY;
    uint8_t *everywhere = of[5].at, any_broken = 0;
    double *whole_s = of[6].at;
    Py_ssize_t cells = of[0].length, wide = feeds ? cells / feeds : 0;
    if (PyErr_Occurred() || of[1].length != cells || of[2].length != cells ||
        of[6].length != feeds || wide * feeds != cells || rooms < 0 || rooms > wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t feed = 0; feed < feeds; feed++) {
        const double *first_at = (double *)of[0].at + feed * wide;
        const double *resumed_at = (double *)of[1].at + feed * wide;
        const uint8_t *stalled = (uint8_t *)of[2].at + feed * wide;
        double resumed = -INFINITY;
        uint8_t broken = 0, unheard = 0;
        for (Py_ssize_t row = 0; row < rooms; row++) {
            unheard |= isnan(first_at[row]) != 0;
            broken |= stalled[row];
            resumed = resumed_at[row] > resumed ? resumed_at[row] : resumed;
        }
        if (feed == 0)
            any_resumed = resumed, any_broken = broken;
        everywhere[feed] = !unheard;
        resumed = resumed > any_resumed ? resumed : any_resumed;
        whole_s[feed] = unheard || broken || any_broken ? -1.0 : now - resumed;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* watched(online, live, stalled, online_s, watched_s, rooms, elapsed_s): people watched for so
   long, in those of the first rooms that are on air and heard. Columns are (rooms) at least. */
PyObject *watched(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[7];
    if (!taken(&arrays, arguments, count, "88188--", of))
        return closed(&arrays, NULL);
    Py_ssize_t rooms = PyLong_AsSsize_t(arguments[5]);
    double elapsed_s = PyFloat_AsDouble(arguments[6]);
    const double *online = of[0].at, *live = of[1].at;
    const uint8_t *stalled = of[2].at;
    double *online_s = of[3].at, *watched_s = of[4].at;
    for (int each = 0; each < 5; each++)
        if (rooms > of[each].length)
            return wrong_lengths(&arrays);
    if (PyErr_Occurred())
        return wrong_lengths(&arrays);
    for (Py_ssize_t row = 0; row < rooms; row++)
        if (!isnan(online[row]) && live[row] != 0.0 && !stalled[row]) {
            online_s[row] = fmax(online_s[row], 0.0) + online[row] * elapsed_s;
            watched_s[row] = fmax(watched_s[row], 0.0) + elapsed_s;
        }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* late(counts, edges, rows, at, flags, now, ahead_s, highest_s): facts that reached us now,
   sorted into buckets, (buckets, rooms) of float32; see lag.py. */
PyObject *late(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[8];
    if (!taken(&arrays, arguments, count, "48881---", of))
        return closed(&arrays, NULL);
    double now = PyFloat_AsDouble(arguments[5]), ahead_s = PyFloat_AsDouble(arguments[6]);
    double highest_s = PyFloat_AsDouble(arguments[7]);
    float *counts = of[0].at;
    const double *edges = of[1].at, *at = of[3].at;
    const int64_t *rows = of[2].at;
    const uint8_t *flags = of[4].at;
    Py_ssize_t buckets = of[1].length + 1, wide = of[0].length / buckets, length = of[2].length;
    if (PyErr_Occurred() || wide * buckets != of[0].length || of[3].length != length ||
        of[4].length != length)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        double late_s = now - at[index];
        if (rows[index] >= wide)
            return wrong_lengths(&arrays);
        if ((flags[index] & UNTIMED) || rows[index] < 0 || !(late_s <= highest_s) ||
            !(late_s >= -ahead_s))
            continue;
        Py_ssize_t low = 0, high = buckets - 1; /* how many edges are not above it */
        while (low < high) {
            Py_ssize_t middle = (low + high) / 2;
            if (edges[middle] <= late_s)
                low = middle + 1;
            else
                high = middle;
        }
        counts[low * wide + rows[index]] += 1.0f;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* outlook(rows, at, settled, begun_at, unsteady) -> (settled, steady, earliest, latest)

   Whether all facts are of settled rooms, and not of before those began; whether all are of
   steady ones; the first and the last instant. The columns are (rooms). */
PyObject *outlook(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[5];
    if (!taken(&arrays, arguments, count, "88181", of))
        return closed(&arrays, NULL);
    const int64_t *rows = of[0].at;
    const double *at = of[1].at, *begun_at = of[3].at;
    const uint8_t *live = of[2].at, *unsteady = of[4].at;
    Py_ssize_t length = of[0].length, wide = of[2].length;
    if (length == 0 || of[1].length != length || of[3].length != wide || of[4].length < wide)
        return wrong_lengths(&arrays);
    int settled = 1, steady = 1;
    double earliest = at[0], latest = at[0];
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t row = rows[index];
        if (row >= wide)
            return wrong_lengths(&arrays);
        if (row < 0)
            settled = steady = 0;
        else {
            settled &= live[row] && !(at[index] < begun_at[row]);
            steady &= !unsteady[row];
        }
        earliest = at[index] < earliest ? at[index] : earliest;
        latest = at[index] > latest ? at[index] : latest;
    }
    return closed(&arrays, Py_BuildValue("NNdd", PyBool_FromLong(settled), PyBool_FromLong(steady),
                                         earliest, latest));
}
