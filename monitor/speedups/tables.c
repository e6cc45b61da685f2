/* Tables of hashes, people and windows, a fact at a time: what the modules that call these
   do a batch at a time with numpy. */

#include "arrays.h"

static Py_ssize_t slot_of(const int64_t *table, Py_ssize_t slots, int64_t key)
{
    Py_ssize_t slot = (Py_ssize_t)((uint64_t)key >> 1) & (slots - 1);
    while (table[slot] != 0 && table[slot] != key)
        slot = (slot + 1) & (slots - 1);
    return slot;
}

/* A table has a power of two of slots, and is never full: else looking for one would not end. */
static int no_table(Py_ssize_t slots)
{
    return slots < 1 || (slots & (slots - 1)) != 0;
}

/* meet(table, keys, fresh) -> how many were fresh

   Remember keys; `fresh` (bytes) tells which are met for the first time. Key 0 is nobody's:
   always fresh, never remembered. */
PyObject *meet(PyObject *module, PyObject *args)
{
    PyObject *table_, *keys_, *fresh_;
    Arrays arrays = {.open = 0};
    Py_ssize_t slots, length, bytes, met = 0;
    if (!PyArg_ParseTuple(args, "OOO", &table_, &keys_, &fresh_))
        return NULL;
    int64_t *table = items(&arrays, table_, 8, &slots);
    const int64_t *keys = table ? items(&arrays, keys_, 8, &length) : NULL;
    uint8_t *fresh = keys ? items(&arrays, fresh_, 1, &bytes) : NULL;
    if (!fresh || bytes != length || no_table(slots))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        Py_ssize_t slot = keys[index] ? slot_of(table, slots, keys[index]) : -1;
        fresh[index] = slot < 0 || table[slot] == 0;
        if (slot >= 0 && fresh[index]) {
            table[slot] = keys[index];
            met++;
        }
    }
    return closed(&arrays, PyLong_FromSsize_t(met));
}

/* has(table, keys, found): which keys are in the table; key 0 never is. */
PyObject *has(PyObject *module, PyObject *args)
{
    PyObject *table_, *keys_, *found_;
    Arrays arrays = {.open = 0};
    Py_ssize_t slots, length, bytes;
    if (!PyArg_ParseTuple(args, "OOO", &table_, &keys_, &found_))
        return NULL;
    const int64_t *table = items(&arrays, table_, 8, &slots);
    const int64_t *keys = table ? items(&arrays, keys_, 8, &length) : NULL;
    uint8_t *found = keys ? items(&arrays, found_, 1, &bytes) : NULL;
    if (!found || bytes != length || no_table(slots))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++)
        found[index] = keys[index] && table[slot_of(table, slots, keys[index])] != 0;
    return closed(&arrays, Py_NewRef(Py_None));
}

/* number(table, numbers, used, keys, result, fresh) -> how many are used now

   The number of each key: a new one is the next, and `fresh` (bytes) tells who got it. */
PyObject *number(PyObject *module, PyObject *args)
{
    PyObject *table_, *numbers_, *keys_, *result_, *fresh_;
    Arrays arrays = {.open = 0};
    Py_ssize_t slots, numbered, length, results, bytes, used;
    if (!PyArg_ParseTuple(args, "OOnOOO", &table_, &numbers_, &used, &keys_, &result_, &fresh_))
        return NULL;
    int64_t *table = items(&arrays, table_, 8, &slots);
    int64_t *numbers = table ? items(&arrays, numbers_, 8, &numbered) : NULL;
    const int64_t *keys = numbers ? items(&arrays, keys_, 8, &length) : NULL;
    int64_t *result = keys ? items(&arrays, result_, 8, &results) : NULL;
    uint8_t *fresh = result ? items(&arrays, fresh_, 1, &bytes) : NULL;
    if (!fresh || no_table(slots) || numbered != slots || results != length || bytes != length ||
        used + length >= slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        Py_ssize_t slot = slot_of(table, slots, keys[index]);
        fresh[index] = table[slot] == 0;
        if (fresh[index]) {
            table[slot] = keys[index];
            numbers[slot] = ++used;
        }
        result[index] = numbers[slot];
    }
    return closed(&arrays, PyLong_FromSsize_t(used));
}

/* people(table, numbers, used, keys, rows, room, count, result) -> how many are used now

   The number of each person (a key, in a row): a new one is the next. `room` holds the row
   of each number, `count` the people of each row. Key 0 is nobody, number 0. */
PyObject *people(PyObject *module, PyObject *args)
{
    PyObject *table_, *numbers_, *keys_, *rows_, *room_, *count_, *result_;
    Arrays arrays = {.open = 0};
    Py_ssize_t slots, numbered, length, rows_length, people, wide, results, used;
    if (!PyArg_ParseTuple(args, "OOnOOOOO", &table_, &numbers_, &used, &keys_, &rows_, &room_,
                          &count_, &result_))
        return NULL;
    int64_t *table = items(&arrays, table_, 8, &slots);
    int64_t *numbers = table ? items(&arrays, numbers_, 8, &numbered) : NULL;
    const int64_t *keys = numbers ? items(&arrays, keys_, 8, &length) : NULL;
    const int64_t *rows = keys ? items(&arrays, rows_, 8, &rows_length) : NULL;
    int64_t *room = rows ? items(&arrays, room_, 8, &people) : NULL;
    int64_t *count = room ? items(&arrays, count_, 8, &wide) : NULL;
    int64_t *result = count ? items(&arrays, result_, 8, &results) : NULL;
    if (!result || no_table(slots) || numbered != slots || rows_length != length ||
        results != length || used + length >= people || used + length >= slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (rows[index] < 0 || rows[index] >= wide)
            return wrong_lengths(&arrays);
        result[index] = 0;
        if (keys[index] == 0)
            continue;
        int64_t key = (int64_t)((uint64_t)keys[index] ^ ((uint64_t)rows[index] * SPREAD)) | 1;
        Py_ssize_t slot = slot_of(table, slots, key);
        if (table[slot] == 0) {
            table[slot] = key;
            numbers[slot] = ++used;
        }
        int64_t person = result[index] = numbers[slot];
        if (room[person] != rows[index]) {
            room[person] = rows[index];
            count[rows[index]]++;
        }
    }
    return closed(&arrays, PyLong_FromSsize_t(used));
}

/* saw(last, numbers, rows, seconds, moves) -> how many moves

   Move people to the second they were last seen in. moves is (3, 2 x people): the row, the
   second and +1 where somebody came to, or -1 where they were before. */
PyObject *saw(PyObject *module, PyObject *args)
{
    PyObject *last_, *numbers_, *rows_, *seconds_, *moves_;
    Arrays arrays = {.open = 0};
    Py_ssize_t people, length, rows_length, seconds_length, cells, made = 0;
    if (!PyArg_ParseTuple(args, "OOOOO", &last_, &numbers_, &rows_, &seconds_, &moves_))
        return NULL;
    int64_t *last = items(&arrays, last_, 8, &people);
    const int64_t *numbers = last ? items(&arrays, numbers_, 8, &length) : NULL;
    const int64_t *rows = numbers ? items(&arrays, rows_, 8, &rows_length) : NULL;
    const int64_t *seconds = rows ? items(&arrays, seconds_, 8, &seconds_length) : NULL;
    int64_t *row = seconds ? items(&arrays, moves_, 8, &cells) : NULL;
    if (!row || rows_length != length || seconds_length != length || cells != 6 * length)
        return wrong_lengths(&arrays);
    int64_t *slot = row + 2 * length, *value = slot + 2 * length;
    for (Py_ssize_t index = 0; index < length; index++) {
        if (numbers[index] < 0 || numbers[index] >= people)
            return wrong_lengths(&arrays);
        int64_t *since = &last[numbers[index]];
        int64_t second = seconds[index] < 0 ? 0 : seconds[index];
        if (second <= *since)
            continue;
        row[made] = rows[index], slot[made] = second, value[made++] = 1;
        if (*since != NEVER)
            row[made] = rows[index], slot[made] = *since, value[made++] = -1;
        *since = second;
    }
    return closed(&arrays, PyLong_FromSsize_t(made));
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

/* Whole numbers, each `step` bytes after the other; step 0 is one number for all. */
typedef struct {
    const char *at;
    Py_ssize_t step, length;
    int64_t one;
} Column;

static int column(Arrays *arrays, PyObject *object, Column *column)
{
    Py_buffer *view = &arrays->view[arrays->open];
    if (PyLong_Check(object)) {
        *column = (Column){.length = -1, .one = PyLong_AsLongLong(object)};
        column->at = (const char *)&column->one;
        return PyErr_Occurred() != NULL;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_STRIDED_RO) < 0)
        return 1;
    arrays->open++;
    if (view->ndim != 1 || view->itemsize != 8) {
        PyErr_SetString(PyExc_TypeError, "one dimension of 64-bit integers is wanted");
        return 1;
    }
    *column = (Column){.at = view->buf, .step = view->strides[0], .length = view->shape[0]};
    return 0;
}

static inline int64_t of(const Column *column, Py_ssize_t index)
{
    return *(const int64_t *)(column->at + index * column->step);
}

/* move(ring, sums, spans, counter, rows, slots, values, now, beside): add to a counter

   ring is (counters, slots, wide) of int16, sums is (4, counters, wide): three spans, of as
   many slots as `spans` says, and the session. What does not fit into a cell of the ring is
   appended to the list `beside`: (slot, row, counter, value). */
PyObject *move(PyObject *module, PyObject *args)
{
    PyObject *ring_, *sums_, *rows_, *slots_, *values_, *beside;
    Arrays arrays = {.open = 0};
    Column rows, slots, values;
    Py_ssize_t spans[3], counters, counter, wide, ring_length, sums_length;
    long long now;
    if (!PyArg_ParseTuple(args, "OO(nnn)nnOOOLO!", &ring_, &sums_, &spans[0], &spans[1],
                          &spans[2], &counter, &wide, &rows_, &slots_, &values_, &now,
                          &PyList_Type, &beside))
        return NULL;
    int16_t *ring = items(&arrays, ring_, 2, &ring_length);
    int64_t *sums = ring ? items(&arrays, sums_, 8, &sums_length) : NULL;
    if (!sums || column(&arrays, rows_, &rows) || column(&arrays, slots_, &slots) ||
        column(&arrays, values_, &values))
        return wrong_lengths(&arrays);
    counters = wide > 0 ? sums_length / 4 / wide : 0;
    if ((slots.step && slots.length != rows.length) || counter < 0 || counter >= counters ||
        (values.step && values.length != rows.length) || ring_length % (counters * wide))
        return wrong_lengths(&arrays);
    int64_t ring_slots = ring_length / (counters * wide), cells = counters * wide;
    for (Py_ssize_t index = 0; index < rows.length; index++) {
        int64_t row = of(&rows, index), slot = of(&slots, index), value = of(&values, index);
        int64_t age = now - slot;
        if (row < 0 || row >= wide || age < 0) {
            PyErr_SetString(PyExc_AssertionError, "nothing is counted before it happens");
            return closed(&arrays, NULL);
        }
        int64_t *sum = sums + counter * wide + row;
        sum[3 * cells] += value;
        if (age >= ring_slots)
            continue;
        int64_t place = slot % ring_slots; /* the past of the epoch is below 0, in C */
        place += place < 0 ? ring_slots : 0;
        int16_t *cell = ring + (counter * ring_slots + place) * wide + row;
        if (value > INT16_MAX - *cell || value < INT16_MIN - *cell) {
            PyObject *four = Py_BuildValue("LLnL", (long long)slot, (long long)row, counter,
                                           (long long)value);
            if (four == NULL || PyList_Append(beside, four) < 0) {
                Py_XDECREF(four);
                return closed(&arrays, NULL);
            }
            Py_DECREF(four);
        } else
            *cell += (int16_t)value;
        for (int span = 0; span < 3; span++)
            if (age < spans[span])
                sum[span * cells] += value;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* heard(first_at, heard_at, count, rows, now): a message from each of `rows`. */
PyObject *heard(PyObject *module, PyObject *args)
{
    PyObject *first_, *heard_, *count_, *rows_;
    Arrays arrays = {.open = 0};
    Py_ssize_t wide, heards, counts, length;
    double now;
    if (!PyArg_ParseTuple(args, "OOOOd", &first_, &heard_, &count_, &rows_, &now))
        return NULL;
    double *first = items(&arrays, first_, 8, &wide);
    double *at = first ? items(&arrays, heard_, 8, &heards) : NULL;
    int64_t *count = at ? items(&arrays, count_, 8, &counts) : NULL;
    const int64_t *rows = count ? items(&arrays, rows_, 8, &length) : NULL;
    if (!rows || heards != wide || counts != wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        if (rows[index] < 0 || rows[index] >= wide)
            return wrong_lengths(&arrays);
        if (!(first[rows[index]] <= now))
            first[rows[index]] = now;
        at[rows[index]] = now;
        count[rows[index]]++;
    }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* rehash(old, numbers, table, numbers of the table): put all keys into an empty table. */
PyObject *rehash(PyObject *module, PyObject *args)
{
    PyObject *old_, *had_, *table_, *numbers_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, had_length, slots, numbered;
    if (!PyArg_ParseTuple(args, "OOOO", &old_, &had_, &table_, &numbers_))
        return NULL;
    const int64_t *old = items(&arrays, old_, 8, &length);
    const int64_t *had = old ? items(&arrays, had_, 8, &had_length) : NULL;
    int64_t *table = had ? items(&arrays, table_, 8, &slots) : NULL;
    int64_t *numbers = table ? items(&arrays, numbers_, 8, &numbered) : NULL;
    if (!numbers || no_table(slots) || had_length != length || numbered != slots || length >= slots)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++)
        if (old[index]) {
            Py_ssize_t slot = slot_of(table, slots, old[index]);
            table[slot] = old[index];
            numbers[slot] = had[index];
        }
    return closed(&arrays, Py_NewRef(Py_None));
}

/* newest(rows, at, values, known_at, known, written) -> how many were written

   Write readings that are not older than what is known, of one instant the greatest; below 0
   there is none. `written` tells which, in their order. */
PyObject *newest(PyObject *module, PyObject *args)
{
    PyObject *rows_, *at_, *values_, *known_at_, *known_, *written_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, ats, numbers, wide, knowns, places, made = 0;
    if (!PyArg_ParseTuple(args, "OOOOOO", &rows_, &at_, &values_, &known_at_, &known_, &written_))
        return NULL;
    const int64_t *rows = items(&arrays, rows_, 8, &length);
    const double *at = rows ? items(&arrays, at_, 8, &ats) : NULL;
    const int64_t *values = at ? items(&arrays, values_, 8, &numbers) : NULL;
    double *known_at = values ? items(&arrays, known_at_, 8, &wide) : NULL;
    double *known = known_at ? items(&arrays, known_, 8, &knowns) : NULL;
    int64_t *written = known ? items(&arrays, written_, 8, &places) : NULL;
    if (!written || ats != length || numbers != length || places != length || knowns != wide)
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t row = rows[index];
        if (row < 0 || row >= wide)
            return wrong_lengths(&arrays);
        double value = (double)values[index];
        if (value < 0 || at[index] < known_at[row] ||
            (at[index] == known_at[row] && value < known[row]))
            continue;
        known_at[row] = at[index], known[row] = value;
        written[made++] = index;
    }
    return closed(&arrays, PyLong_FromSsize_t(made));
}

#define NO_SLOT (-(INT64_C(1) << 40)) /* as in windows.py */

/* told(lines, at, total, slot, ring_at, ring_total, ring_slot, came, resets, found)
   -> (how many rose, how many are late)

   Totals that are not older than the last of their line; see totals.py. found is (4, totals):
   which rose, in which slot, by how much; and which are late. */
PyObject *told(PyObject *module, PyObject *args)
{
    PyObject *lines_, *at_, *total_, *slot_, *ring_at_, *ring_total_, *ring_slot_, *came_, *found_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, ats, totals, slots, cells, cells2, cells3, all, places, rose = 0, late = 0;
    int resets;
    if (!PyArg_ParseTuple(args, "OOOOOOOOpO", &lines_, &at_, &total_, &slot_, &ring_at_,
                          &ring_total_, &ring_slot_, &came_, &resets, &found_))
        return NULL;
    const int64_t *lines = items(&arrays, lines_, 8, &length);
    const double *at = lines ? items(&arrays, at_, 8, &ats) : NULL;
    const int64_t *total = at ? items(&arrays, total_, 8, &totals) : NULL;
    const int64_t *slot = total ? items(&arrays, slot_, 8, &slots) : NULL;
    double *ring_at = slot ? items(&arrays, ring_at_, 8, &cells) : NULL;
    int64_t *ring_total = ring_at ? items(&arrays, ring_total_, 8, &cells2) : NULL;
    int64_t *ring_slot = ring_total ? items(&arrays, ring_slot_, 8, &cells3) : NULL;
    int64_t *came = ring_slot ? items(&arrays, came_, 8, &all) : NULL;
    int64_t *which = came ? items(&arrays, found_, 8, &places) : NULL;
    if (!which || ats != length || totals != length || slots != length || cells2 != cells ||
        cells3 != cells || all == 0 || cells % all || places != 4 * length)
        return wrong_lengths(&arrays);
    int64_t most = cells / all, *where = which + length, *grew = where + length;
    int64_t *older = grew + length;
    for (Py_ssize_t index = 0; index < length; index++) {
        int64_t line = lines[index];
        if (line < 0 || line >= all)
            return wrong_lengths(&arrays);
        int64_t number = came[line], rise = total[index], into = NO_SLOT;
        if (number) {
            int64_t last = line * most + (number - 1) % most;
            if (at[index] < ring_at[last]) {
                older[late++] = index;
                continue;
            }
            rise -= ring_total[last], into = slot[index];
            if (rise < 0)
                rise = resets ? total[index] : 0;
        }
        int64_t cell = line * most + number % most;
        ring_at[cell] = at[index], ring_total[cell] = total[index], ring_slot[cell] = slot[index];
        came[line]++;
        if (rise)
            which[rose] = index, where[rose] = into, grew[rose++] = rise;
    }
    return closed(&arrays, Py_BuildValue("nn", rose, late));
}

#define QUIET 0 /* as in alerts/lifecycle.py */
#define FIRING 2

/* stirring(holds, state, unknown, seen, now, cells) -> how many

   Cells that may move. One that fires and holds, as it did, was only seen again. All but
   `seen` and `cells` are bytes. */
PyObject *stirring(PyObject *module, PyObject *args)
{
    PyObject *holds_, *state_, *unknown_, *seen_, *cells_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length, states, unknowns, seens, places, found = 0;
    double now;
    if (!PyArg_ParseTuple(args, "OOOOdO", &holds_, &state_, &unknown_, &seen_, &now, &cells_))
        return NULL;
    const uint8_t *holds = items(&arrays, holds_, 1, &length);
    const int8_t *state = holds ? items(&arrays, state_, 1, &states) : NULL;
    const uint8_t *unknown = state ? items(&arrays, unknown_, 1, &unknowns) : NULL;
    double *seen = unknown ? items(&arrays, seen_, 8, &seens) : NULL;
    int64_t *cells = seen ? items(&arrays, cells_, 8, &places) : NULL;
    if (!cells || states != length || unknowns != length || seens != length || places != length)
        return wrong_lengths(&arrays);
    for (Py_ssize_t cell = 0; cell < length; cell++) {
        if (!holds[cell] && state[cell] == QUIET)
            continue;
        if (holds[cell] && state[cell] == FIRING && !unknown[cell])
            seen[cell] = now;
        else
            cells[found++] = cell;
    }
    return closed(&arrays, PyLong_FromSsize_t(found));
}
