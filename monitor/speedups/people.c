/* People of rooms, one at a time: what people.py does a batch at a time with numpy. */

#include "arrays.h"

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

/* did(table, numbers, used, keys, rows, seconds, records, count, places, moves, made, limit)
   -> (how many are used now, whether some row has more people than `limit`)

   People (a key, in a row) did things in seconds. A new one gets the next number and a
   record, and is one more in `count` of their row; key 0 is nobody. `places` are those of
   the things in the last seconds of a record. moves is (things, 3, 2 x people): the row, the
   second and +1 where somebody came to, or -1 where they were before; `made`, how many. */
PyObject *did(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[12];
    if (!taken(&arrays, arguments, count, "84-88848888-", of))
        return closed(&arrays, NULL);
    Py_buffer *records = &arrays.view[5];
    Py_ssize_t used = PyLong_AsSsize_t(arguments[2]), limit = PyLong_AsSsize_t(arguments[11]);
    Py_ssize_t wide = records->ndim == 2 && records->shape[1] > 0 ? records->shape[1] * 4 : 4;
    Crowd crowd = {
        .table = {.keys = of[0].at, .numbers = of[1].at, .slots = of[0].length},
        .records = of[6].at, .people = of[6].length * 4 / wide, .wide = wide,
        .keys = of[3].at, .rows = of[4].at, .length = of[3].length,
    };
    const Table *table = &crowd.table;
    const int64_t *seconds = of[5].at, *places = of[8].at;
    int64_t *people_of = of[7].at, *moves = of[9].at, *made = of[10].at;
    Py_ssize_t length = crowd.length, things = of[8].length, full = 0;
    if (PyErr_Occurred() || no_table(table->slots) || of[1].length != table->slots ||
        of[4].length != length || of[5].length != length || of[9].length != things * 6 * length ||
        of[10].length != things || used + length >= crowd.people || used + length >= table->slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t thing = 0; thing < things; thing++)
        if (made[thing] = 0, places[thing] < 0 || (places[thing] + 2) * 4 > wide)
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
        for (Py_ssize_t thing = 0; thing < things; thing++) {
            uint32_t *last = &person->last[places[thing]];
            if (second <= *last)
                continue;
            int64_t *move = moves + thing * 6 * length + made[thing]++;
            move[0] = row, move[2 * length] = second, move[4 * length] = 1;
            if (*last != NEVER) {
                move = moves + thing * 6 * length + made[thing]++;
                move[0] = row, move[2 * length] = *last, move[4 * length] = -1;
            }
            *last = second;
        }
    }
    return closed(&arrays, Py_BuildValue("nO", used, full ? Py_True : Py_False));
}
