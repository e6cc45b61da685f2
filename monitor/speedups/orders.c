/* Orders, and what they take off the shelf, one at a time: what orders.py, stock.py and
   pace.py do a batch at a time with numpy. */

#include "arrays.h"
#include <math.h>
#include <string.h>

#define AHEAD 8 /* orders */
#define BECAME 5 /* columns, as in cycles.py */

/* A record of an order, as in orders.py. */
typedef struct {
    double since;
    int64_t product, became[BECAME];
} Order;

/* The orders of a generation. */
typedef struct {
    Table table;
    Order *orders;
    Py_ssize_t length;
} Generation;

static int generation(Generation *into, const Items *of)
{
    *into = (Generation){
        .table = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length},
        .orders = of[2].at, .length = of[2].length * 8 / (Py_ssize_t)sizeof(Order),
    };
    return !no_table(of[0].length) && of[1].length == of[0].length;
}

static int64_t name_of(int64_t key, int64_t product)
{
    return (int64_t)((uint64_t)key ^ ((uint64_t)product * SPREAD)) | 1;
}

/* placed(keys, numbers, records, and those of the old generation, used, keys of orders,
   products, found) -> how many are used now

   The numbers of orders in the young generation: a new one is the next, and brings along
   what the old one knows of it. */
PyObject *placed(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[10];
    Generation young, old;
    if (!taken(&arrays, arguments, count, "848848-888", of))
        return closed(&arrays, NULL);
    Py_ssize_t used = PyLong_AsSsize_t(arguments[6]), length = of[7].length;
    const int64_t *keys = of[7].at, *products = of[8].at;
    int64_t *found = of[9].at;
    if (PyErr_Occurred() || !generation(&young, of) || !generation(&old, of + 3) ||
        of[8].length != length || of[9].length != length || used + length >= young.length ||
        used + length >= young.table.slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (index + AHEAD < length)
            fetch_slot(&young.table, name_of(keys[index + AHEAD], products[index + AHEAD]));
        int64_t name = name_of(keys[index], products[index]);
        Py_ssize_t slot = slot_of(young.table.keys, young.table.slots, name);
        if (young.table.keys[slot] == 0) {
            young.table.keys[slot] = name, young.table.numbers[slot] = (int32_t)++used;
            Py_ssize_t there = slot_of(old.table.keys, old.table.slots, name);
            int32_t known = old.table.keys[there] ? old.table.numbers[there] : 0;
            if (known && known < old.length)
                young.orders[used] = old.orders[known];
            young.orders[used].product = products[index];
        }
        found[index] = young.table.numbers[slot];
    }
    return closed(&arrays, PyLong_FromSsize_t(used));
}

/* made(records, numbers, at, before, moved) -> how many moved

   Orders were made. `before` is since when each was known, NaN where it was not; `moved`,
   which are known as made earlier than before, and something became of them. */
PyObject *made(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[5];
    if (!taken(&arrays, arguments, count, "88888", of))
        return closed(&arrays, NULL);
    Order *orders = of[0].at;
    const int64_t *numbers = of[1].at;
    const double *at = of[2].at;
    double *before = of[3].at;
    int64_t *moved = of[4].at;
    Py_ssize_t known = of[0].length * 8 / (Py_ssize_t)sizeof(Order), length = of[1].length;
    if (of[2].length != length || of[3].length != length || of[4].length != length)
        return wrong_lengths(&arrays);
    Py_ssize_t many = 0;
    static const int64_t nothing[BECAME];
    for (Py_ssize_t index = 0; index < length; index++) {
        if (numbers[index] < 0 || numbers[index] >= known)
            return wrong_lengths(&arrays);
        Order *order = &orders[numbers[index]];
        before[index] = order->since;
        if (at[index] >= order->since)
            continue;
        order->since = at[index];
        if (memcmp(order->became, nothing, sizeof nothing))
            moved[many++] = index;
    }
    return closed(&arrays, PyLong_FromSsize_t(many));
}

/* became(records, numbers, values, since): what becomes of orders, (orders, columns), is
   added; since when each was made, NaN where nobody has told. */
PyObject *became(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[4];
    if (!taken(&arrays, arguments, count, "8888", of))
        return closed(&arrays, NULL);
    Order *orders = of[0].at;
    const int64_t *numbers = of[1].at, *values = of[2].at;
    double *since = of[3].at;
    Py_ssize_t known = of[0].length * 8 / (Py_ssize_t)sizeof(Order), length = of[1].length;
    if (of[2].length != BECAME * length || of[3].length != length)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (numbers[index] < 0 || numbers[index] >= known)
            return wrong_lengths(&arrays);
        Order *order = &orders[numbers[index]];
        for (int column = 0; column < BECAME; column++)
            order->became[column] += values[BECAME * index + column];
        since[index] = order->since;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* took(products, units, at, since, level_at, since_level, untold)

   Units went off the shelf (or, negative, came back) at an instant, as far as levels do not
   know: `untold` (bytes) tells of which they do not. */
PyObject *took(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[7];
    if (!taken(&arrays, arguments, count, "8888881", of))
        return closed(&arrays, NULL);
    const int64_t *products = of[0].at, *units = of[1].at;
    const double *at = of[2].at, *level_at = of[4].at;
    double *since = of[3].at, *since_level = of[5].at;
    uint8_t *untold = of[6].at;
    Py_ssize_t length = of[0].length, wide = of[3].length;
    if (of[1].length != length || of[2].length != length || of[6].length != length ||
        of[4].length != wide || of[5].length != wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t product = products[index];
        if (product < 0 || product >= wide)
            return wrong_lengths(&arrays);
        since[product] = fmin(since[product], at[index]);
        untold[index] = product > 0 && !(at[index] < level_at[product]);
        if (untold[index])
            since_level[product] -= (double)units[index];
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* bought(products, units, ever, taken, squares): orders were heard of for the first time. */
PyObject *bought(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[5];
    if (!taken(&arrays, arguments, count, "88888", of))
        return closed(&arrays, NULL);
    const int64_t *products = of[0].at, *units = of[1].at;
    double *ever = of[2].at, *sum = of[3].at, *squares = of[4].at;
    Py_ssize_t length = of[0].length, wide = of[2].length;
    if (of[1].length != length || of[3].length != wide || of[4].length != wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t product = products[index];
        if (product < 0 || product >= wide)
            return wrong_lengths(&arrays);
        double many = (double)units[index];
        ever[product] = fmax(ever[product], 0.0) + many; /* NaN: none so far */
        sum[product] += many, squares[product] += many * many;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}
