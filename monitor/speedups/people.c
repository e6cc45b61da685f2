/* People of rooms, one at a time: what people.py does a batch at a time with numpy. */

#include "windows.h"

#define NEVER 0 /* as in people.py */
#define UNCERTAIN 1
#define SOON 8 /* people ahead whose record is fetched, and twice as many whose slot is */

/* A record is `wide` numbers of 32 bits: the row of the room, and the last seconds. */
typedef struct {
    int32_t room;
    uint32_t last[];
} Record;

typedef struct {
    Table table;
    char *records;
    Py_ssize_t people, wide; /* bytes of a record */
    const int64_t *keys, *rows;
    Py_ssize_t length;
} Crowd;

static int64_t key_in_row(const Crowd *crowd, Py_ssize_t index)
{
    return (int64_t)((uint64_t)crowd->keys[index] ^ ((uint64_t)crowd->rows[index] * SPREAD)) | 1;
}

static Record *record(const Crowd *crowd, int64_t number)
{
    return (Record *)(crowd->records + number * crowd->wide);
}

/* Where people come next, memory is asked for now: first their slot, later their record. */
static void look_ahead(const Crowd *crowd, Py_ssize_t index)
{
    Py_ssize_t far = index + 2 * SOON, near = index + SOON;
    if (far < crowd->length)
        fetch_slot(&crowd->table, key_in_row(crowd, far));
    if (near < crowd->length) {
        const Table *table = &crowd->table;
        Py_ssize_t slot = slot_of(table->keys, table->slots, key_in_row(crowd, near));
        if (table->keys[slot] && table->numbers[slot] < crowd->people) {
            const char *person = (const char *)record(crowd, table->numbers[slot]);
            __builtin_prefetch(person, 1);
            __builtin_prefetch(person + crowd->wide - 1, 1);
        }
    }
}

#define MOST_THINGS 8

/* What people do: its place in the last seconds of a record, and its counter. */
typedef struct {
    Py_ssize_t many, place[MOST_THINGS];
    Counter counter[MOST_THINGS];
} Things;

/* From [(place, counter)]. False, perhaps with an exception set. */
static int things_of(Things *things, PyObject *list, const Windows *windows, int64_t now,
                     PyObject *beside, Py_ssize_t places)
{
    things->many = PyList_Check(list) ? PyList_GET_SIZE(list) : MOST_THINGS + 1;
    if (things->many > MOST_THINGS || !PyList_Check(beside))
        return 0;
    for (Py_ssize_t each = 0; each < things->many; each++) {
        Py_ssize_t counter;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(list, each), "nn", &things->place[each], &counter) ||
            things->place[each] < 0 || things->place[each] >= places || counter < 0 ||
            counter >= windows->counters)
            return 0;
        things->counter[each] = counter_of(windows, counter, now, beside);
    }
    return 1;
}

/* did(table, numbers, used, keys, rows, seconds, records, count, limit, things,
       ring, sums, spans, now, beside)
   -> (how many are used now, whether some row has more people than `limit`)

   People (a key, in a row) did `things` in seconds. A new one gets the next number and a
   record, and is one more in `count` of their row; key 0 is nobody. Things are
   [(place in the last seconds of a record, counter in the windows)]: there everybody moves to
   the second they were seen in last. */
PyObject *did(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[8];
    Windows windows;
    Things things;
    if (!taken(&arrays, arguments, count, "84-88848", of))
        return closed(&arrays, NULL);
    if (count != 15 || !windows_of(&arrays, &windows, arguments + 10))
        return wrong_lengths(&arrays);
    Py_buffer *records = &arrays.view[5];
    Py_ssize_t used = PyLong_AsSsize_t(arguments[2]), limit = PyLong_AsSsize_t(arguments[8]);
    int64_t now = PyLong_AsLongLong(arguments[13]);
    Py_ssize_t wide = records->ndim == 2 && records->shape[1] > 0 ? records->shape[1] * 4 : 4;
    Crowd crowd = {
        .table = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length},
        .records = of[6].at, .people = of[6].length * 4 / wide, .wide = wide,
        .keys = of[3].at, .rows = of[4].at, .length = of[3].length,
    };
    const Table *table = &crowd.table;
    const int64_t *seconds = of[5].at;
    int64_t *people_of = of[7].at;
    Py_ssize_t length = crowd.length, full = 0;
    if (PyErr_Occurred() || no_table(table->slots) || of[1].length != table->slots ||
        of[4].length != length || of[5].length != length || used + length >= crowd.people ||
        used + length >= table->slots ||
        !things_of(&things, arguments[9], &windows, now, arguments[14], wide / 4 - 1))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++)
        if (crowd.rows[index] < 0 || crowd.rows[index] >= of[7].length)
            return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        look_ahead(&crowd, index);
        if (crowd.keys[index] == 0)
            continue;
        int64_t row = crowd.rows[index], key = key_in_row(&crowd, index);
        Py_ssize_t slot = slot_of(table->keys, table->slots, key);
        if (table->keys[slot] == 0)
            table->keys[slot] = key, table->numbers[slot] = (int32_t)++used;
        if (table->numbers[slot] >= crowd.people)
            return wrong_lengths(&arrays);
        Record *person = record(&crowd, table->numbers[slot]);
        if (person->room != row) {
            person->room = (int32_t)row;
            people_of[row]++;
        }
        full |= people_of[row] > limit;
        uint32_t second = seconds[index] < UNCERTAIN ? UNCERTAIN : (uint32_t)seconds[index];
        for (Py_ssize_t thing = 0; thing < things.many; thing++) {
            uint32_t before = person->last[things.place[thing]];
            if (second <= before)
                continue;
            person->last[things.place[thing]] = second;
            if (add_to(&things.counter[thing], row, second, 1) < 0 ||
                (before != NEVER && add_to(&things.counter[thing], row, before, -1) < 0))
                return closed(&arrays, NULL);
        }
    }
    return closed(&arrays, Py_BuildValue("nO", used, full ? Py_True : Py_False));
}
