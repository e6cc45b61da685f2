/* When products are sold out, and where figures go: what signals/pace.py and
   rules/kinds/forecast.py work out with numpy, in the same order, so that it is the same to
   the last bit. */

#include "arrays.h"
#include <math.h>

#define BLOCK 256
#define COLUMNS 7 /* of a product, as `lasting` is given them */
#define WINDOWS 3 /* as in signals/pace.py, all of these */
#define PRIOR 1.0
#define SHRUNK 4.0
#define LASTS 2.0
#define ROUNDS 3

static const double SPANS_S[WINDOWS] = {300.0, 60.0, 10.0};

#define LEAST(x, y) ((x) < (y) || (x) != (x) ? (x) : (y)) /* unknown where one of them is */
#define GREATEST(x, y) ((x) > (y) || (x) != (x) ? (x) : (y))
#define KNOWN_GREATEST(x, y) ((x) >= (y) || (y) != (y) ? (x) : (y)) /* NaN if both are */

typedef struct { /* columns of a block */
    const double *left, *units, *squares, *minute, *taken, *taken_squares, *since, *before_s;
} Products;

typedef struct { /* units sold in each window */
    double in[WINDOWS][BLOCK];
} Sold;

/* Seconds until sold out, as if each were, which the caller looks after. */
WIDEST static void work_out(Products of, const Sold *restrict sold, double now, double lacks,
                     double *restrict times, Py_ssize_t rows)
{
    for (Py_ssize_t row = 0; row < rows; row++) {
        double lasted = now - of.since[row];
        double known_s = GREATEST(lasted, 1.0);
        double minute_s = LEAST(60.0 - lacks, known_s);
        double before_s = of.before_s[row];
        double units = GREATEST(of.units[row], 0.0);
        double minutes = GREATEST(before_s / 60.0, 1.0);
        double beyond = units - of.minute[row];
        double whole = GREATEST(beyond, 0.0);
        double varies = (of.squares[row] - whole * whole / minutes) / whole;
        double bulk = of.taken_squares[row] / of.taken[row];
        double most = KNOWN_GREATEST(varies, bulk);
        double clump = KNOWN_GREATEST(most, 1.0);
        double seen, rates[WINDOWS + 1];
        double all = units + sold->in[1][row] + PRIOR * clump;
        rates[0] = all / (before_s + minute_s);
        seen = all / clump;
#pragma GCC unroll 3
        for (int each = 0; each < WINDOWS; each++) {
            double prior = LEAST(SHRUNK, seen), worth = prior * clump, came = sold->in[each][row];
            double window_s = LEAST(SPANS_S[each] - lacks, known_s);
            rates[each + 1] = (came + worth) / (window_s + worth / rates[each]);
            seen = came / clump + prior;
        }
        double took = of.left[row] / rates[WINDOWS];
#pragma GCC unroll 3
        for (int round = 0; round < ROUNDS; round++) {
            double rate = rates[0];
#pragma GCC unroll 3
            for (int each = 0; each < WINDOWS; each++) {
                double still = 1.0 / (1.0 + took / (LASTS * SPANS_S[each]));
                rate += (rates[each + 1] - rates[each]) * still;
            }
            took = of.left[row] / rate;
        }
        times[row] = took;
    }
}

/* selling(left, units, sold in 1 min, times, which) -> how many

   The products of which an end can be foretold: some are left, and some were sold. `which` is
   filled with their rows, `times` with what is so of the others: 0 where nothing is left, NaN
   where that, or what is sold, is not known. */
PyObject *selling(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[5];
    if (!taken(&arrays, arguments, count, "88888", of))
        return wrong_lengths(&arrays);
    Py_ssize_t rows = of[3].length, found = 0;
    const double *left = of[0].at, *units = of[1].at;
    const int64_t *last_1m = of[2].at;
    double *times = of[3].at;
    int64_t *which = of[4].at;
    for (int each = 0; each < 5; each++)
        if (of[each].length < rows)
            return wrong_lengths(&arrays);
    for (Py_ssize_t row = 0; row < rows; row++) {
        times[row] = left[row] == 0.0 ? 0.0 : NAN;
        which[found] = row;
        found += left[row] > 0 && units[row] + (double)last_1m[row] > 0;
    }
    return closed(&arrays, PyLong_FromSsize_t(found));
}

/* lasting(which, before_s, left, units, squares, minute, taken, taken_squares, since,
           sold in 5 min, 1 min and 10 s, now, lacks, times)

   The times of the rows in `which`, of each of which `before_s` has one. Windows are int64,
   the rest float64, all of as many rows as there are. */
PyObject *lasting(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[15];
    if (!taken(&arrays, arguments, count, "888888888888--8", of))
        return wrong_lengths(&arrays);
    Py_ssize_t rows = of[14].length, many = of[0].length;
    const int64_t *which = of[0].at;
    double *times = of[14].at, now = PyFloat_AsDouble(arguments[12]);
    double lacks = PyFloat_AsDouble(arguments[13]), column[COLUMNS][BLOCK], found[BLOCK];
    if (PyErr_Occurred() || of[1].length != many)
        return wrong_lengths(&arrays);
    for (int each = 2; each < 12; each++)
        if (of[each].length < rows)
            return wrong_lengths(&arrays);
    for (Py_ssize_t each = 0; each < many; each++)
        if (which[each] < 0 || which[each] >= rows)
            return wrong_lengths(&arrays);
    for (Py_ssize_t first = 0; first < many; first += BLOCK, which += BLOCK) {
        Py_ssize_t some = many - first < BLOCK ? many - first : BLOCK;
        Sold sold;
        for (int each = 0; each < COLUMNS; each++)
            for (Py_ssize_t row = 0; row < some; row++)
                column[each][row] = ((const double *)of[2 + each].at)[which[row]];
        for (int each = 0; each < WINDOWS; each++)
            for (Py_ssize_t row = 0; row < some; row++) {
                int64_t units = ((const int64_t *)of[2 + COLUMNS + each].at)[which[row]];
                sold.in[each][row] = units > 0 ? (double)units : 0.0;
            }
        Products products = {column[0], column[1], column[2], column[3], column[4], column[5],
                             column[6], (const double *)of[1].at + first};
        work_out(products, &sold, now, lacks, found, some);
        for (Py_ssize_t row = 0; row < some; row++)
            times[which[row]] = found[row];
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

typedef struct { /* as in rules/kinds/forecast.py */
    double *total, *time, *level, *square, *product, *last, *slope;
    int64_t *count;
    uint8_t *bent;
    const double *value, *bound;
} Lines;

WIDEST static void learn(Lines of, double passed, double keeps, int64_t fewest, Py_ssize_t rows)
{
    double *restrict totals = of.total, *restrict times = of.time, *restrict levels = of.level;
    double *restrict squares = of.square, *restrict products = of.product, *restrict lasts = of.last;
    double *restrict slopes = of.slope;
    int64_t *restrict counts = of.count;
    uint8_t *restrict bents = of.bent;
    for (Py_ssize_t row = 0; row < rows; row++) {
        double total = totals[row], time = times[row], level = levels[row];
        double square = squares[row], product = products[row], last = lasts[row];
        double value = of.value[row], bound = of.bound[row];
        square = (square + passed * (passed * total - 2.0 * time)) * keeps;
        product = (product - passed * level) * keeps;
        time = (time - passed * total) * keeps;
        total *= keeps, level *= keeps;
        double far = fabs(last - bound);
        int away = fabs(value - bound) - far > 0.2 * far, told = value == value;
        int64_t count = away ? 0 : counts[row];
        int bent = bents[row] & !away, other = told & (value != last) & (count > 0);
        bent |= other;
        total = away ? 0.0 : total, time = away ? 0.0 : time, level = away ? 0.0 : level;
        square = away ? 0.0 : square, product = away ? 0.0 : product;
        total = told ? total + 1.0 : total, level = told ? level + value : level;
        count = told ? count + 1 : count;
        double slope = (total * product - time * level) / (total * square - time * time);
        slope = bent ? slope : 0.0;
        slopes[row] = count < fewest || !(fabs(slope) <= 1.7976931348623157e308) ? NAN : slope;
        totals[row] = total, times[row] = time, levels[row] = level;
        squares[row] = square, products[row] = product, counts[row] = count;
        bents[row] = (uint8_t)bent;
        lasts[row] = told ? value : last;
    }
}

/* sloping(sums, count, last, value, bound, passed, keeps, fewest, slope, bent)

   A second of a forecast: sums are five rows of as many columns as there are of `count`. */
PyObject *sloping(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[10];
    if (!taken(&arrays, arguments, count, "88888---81", of))
        return wrong_lengths(&arrays);
    Py_ssize_t rows = of[3].length, wide = of[1].length;
    double passed = PyFloat_AsDouble(arguments[5]), keeps = PyFloat_AsDouble(arguments[6]);
    int64_t fewest = PyLong_AsLongLong(arguments[7]);
    if (PyErr_Occurred() || of[0].length != 5 * wide || of[2].length != wide || rows > wide ||
        of[4].length < rows || of[8].length != wide || of[9].length != wide)
        return wrong_lengths(&arrays);
    double *sums = of[0].at;
    Lines lines = {sums, sums + wide, sums + 2 * wide, sums + 3 * wide, sums + 4 * wide,
                   of[2].at, of[8].at, of[1].at, of[9].at, of[3].at, of[4].at};
    learn(lines, passed, keeps, fewest, rows);
    return closed(&arrays, Py_NewRef(Py_None));
}
