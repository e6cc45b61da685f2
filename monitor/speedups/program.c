/* Conditions over columns: a straight line of calls (rules/program.py), run over a few
   hundred rows at a time, so that what is in between never leaves the processor's cache.

   Truths are bytes, 1 or 0. NaN is unknown, as in numpy: it compares with nothing, and goes
   through minimum and maximum. */

#include "arrays.h"
#include <math.h>
#include <string.h>

#define BLOCK 512
#define MOST_COLUMNS 512
#define MOST_RESULTS 4

enum {
    ABSOLUTE, ADD, BITWISE_AND, BITWISE_OR, DIVIDE, EQUAL, EXPM1, FULL, GREATER, GREATER_EQUAL,
    LESS, LESS_EQUAL, LOGICAL_NOT, MASKED, MAXIMUM, MINIMUM, MULTIPLY, NEGATIVE, OTHERWISE,
    SUBTRACT, COLUMN, FLAGS, TRUTHS, RESULT,
}; /* as in rules/program.py */

typedef struct { /* a line: what it does, where the result goes, what it reads (< 0: a constant) */
    int32_t call, out, left, right;
} Line;

typedef union { /* one register: numbers, or truths */
    double numbers[BLOCK];
    uint8_t truths[BLOCK];
    char apart[BLOCK * sizeof(double) + 576]; /* registers are not to lie in the same sets of a cache */
} Register;

/* eˣ − 1 for x up to 700: as libm's, but for the last two bits, and many at a time. With
   x = k · ln 2 + r it is 2ᵏ · (eʳ − 1) + (2ᵏ − 1), and of eʳ − 1 the series is enough. */
static inline double less_one(double x)
{
    const double round = 0x1.8p52; /* whoever adds it has a whole number in the last bits */
    double least = x < -700.0 ? -700.0 : x, shifted = least * 0x1.71547652b82fep0 + round;
    double k = shifted - round, r = least - k * 0x1.62e42fee00000p-1 - k * 0x1.a39ef35793c76p-33;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double power, sum = 1.0 / 6227020800.0;
    memcpy(&power, &bits, sizeof power);
    sum = sum * r + 1.0 / 479001600.0;
    sum = sum * r + 1.0 / 39916800.0;
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r * r + r;
    return power * sum + (power - 1.0);
}

#define EACH(kind, result)                    \
    for (Py_ssize_t i = 0; i < rows; i++) {   \
        kind *out = to;                       \
        double x = a[i * p], y = b[i * q];    \
        (void)x, (void)y;                     \
        out[i] = result;                      \
    }                                         \
    break
#define TRUTH(result)                         \
    for (Py_ssize_t i = 0; i < rows; i++)     \
        ((uint8_t *)to)[i] = result;          \
    break

/* p and q are 0 where an operand is one number for all rows. */
static inline __attribute__((always_inline)) void work(
    int call, void *restrict to, const void *left, Py_ssize_t p, const void *right, Py_ssize_t q,
    Py_ssize_t rows)
{
    const double *a = left, *b = right;
    const uint8_t *s = left, *t = right;
    switch (call) {
    case ABSOLUTE: EACH(double, fabs(x));
    case NEGATIVE: EACH(double, -x);
    case EXPM1: EACH(double, less_one(x));
    case FULL: EACH(double, y);
    case ADD: EACH(double, x + y);
    case SUBTRACT: EACH(double, x - y);
    case MULTIPLY: EACH(double, x * y);
    case DIVIDE: EACH(double, x / y);
    case MAXIMUM: EACH(double, x > y || x != x ? x : y);
    case MINIMUM: EACH(double, x < y || x != x ? x : y);
    case OTHERWISE: EACH(double, x == x ? x : y);
    case EQUAL: EACH(uint8_t, x == y);
    case LESS: EACH(uint8_t, x < y);
    case LESS_EQUAL: EACH(uint8_t, x <= y);
    case GREATER: EACH(uint8_t, x > y);
    case GREATER_EQUAL: EACH(uint8_t, x >= y);
    case BITWISE_AND: TRUTH(s[i] & t[i]);
    case BITWISE_OR: TRUTH(s[i] | t[i]);
    case LOGICAL_NOT: TRUTH(!s[i]);
    case TRUTHS: TRUTH(b[0] != 0.0);
    case MASKED:
        for (Py_ssize_t i = 0; i < rows; i++)
            ((double *)to)[i] = s[i] ? b[i * q] : NAN;
        break;
    }
}

WIDEST static void line(const Line *line, void *out, const void *a, const void *b, Py_ssize_t rows)
{
    if (line->left >= 0 && line->right >= 0)
        work(line->call, out, a, 1, b, 1, rows);
    else if (line->left >= 0)
        work(line->call, out, a, 1, b, 0, rows);
    else
        work(line->call, out, a, 0, b, 1, rows);
}

WIDEST static void from_whole(double *restrict to, const int64_t *restrict from, Py_ssize_t rows)
{
    for (Py_ssize_t i = 0; i < rows; i++)
        to[i] = (double)from[i];
}

WIDEST static void from_small(double *restrict to, const int8_t *restrict from, Py_ssize_t rows)
{
    for (Py_ssize_t i = 0; i < rows; i++)
        to[i] = from[i];
}

typedef struct {
    const Line *lines;
    Py_ssize_t length, registers;
    const double *constants;
    const Py_buffer *columns, *results;
    const int64_t *rows; /* which, or NULL: from the first one on */
    const void **at;     /* where the values of each register lie now */
    Register *own;
} Program;

/* What a register is to hold of a column, in the rows of a block. */
static const void *load(const Program *program, const Line *now, Py_ssize_t first,
                        Py_ssize_t rows)
{
    const Py_buffer *column = &program->columns[now->left];
    Register *own = &program->own[now->out];
    int flags = now->call == FLAGS;
    const char *from = column->buf;
    Py_ssize_t step = column->strides[0];
    const int64_t *which = program->rows ? program->rows + first : NULL;
    char kind = column->format[0];
    if (which == NULL) {
        from += first * step;
        if (step == column->itemsize) {
            if (kind == 'd' || flags)
                return from;
            if (kind == 'b' || kind == '?')
                from_small(own->numbers, (const int8_t *)from, rows);
            else
                from_whole(own->numbers, (const int64_t *)from, rows);
            return own;
        }
    }
#define EVERY(type, into)                                                      \
    for (Py_ssize_t i = 0; i < rows; i++)                                      \
        into[i] = *(const type *)(from + (which ? which[i] : i) * step)
    if (flags)
        EVERY(uint8_t, own->truths);
    else if (kind == 'd')
        EVERY(double, own->numbers);
    else if (kind == 'b' || kind == '?')
        EVERY(int8_t, own->numbers);
    else
        EVERY(int64_t, own->numbers);
    return own;
}

/* Put what a register holds into a row of the results, which are counted through. */
static void put(const Program *program, Py_ssize_t row, const void *values, Py_ssize_t first,
                Py_ssize_t rows)
{
    const Py_buffer *result = program->results;
    while (row >= result->shape[0])
        row -= (result++)->shape[0];
    Py_ssize_t item = result->itemsize;
    char *to = (char *)result->buf + row * result->shape[1] * item;
    if (program->rows == NULL) {
        memcpy(to + first * item, values, rows * item);
        return;
    }
    for (Py_ssize_t i = 0; i < rows; i++)
        memcpy(to + program->rows[first + i] * item, (const char *)values + i * item, item);
}

static void block(const Program *program, Py_ssize_t first, Py_ssize_t rows)
{
    for (Py_ssize_t index = 0; index < program->length; index++) {
        const Line *now = &program->lines[index];
        if (now->call == COLUMN || now->call == FLAGS) {
            program->at[now->out] = load(program, now, first, rows);
            continue;
        }
        const void *left = now->left < 0 ? &program->constants[-1 - now->left]
                                         : program->at[now->left];
        if (now->call == RESULT) {
            put(program, now->out, left, first, rows);
            continue;
        }
        const void *right = now->right < 0 ? &program->constants[-1 - now->right]
                                           : program->at[now->right];
        program->at[now->out] = &program->own[now->out];
        line(now, &program->own[now->out], left, right, rows);
    }
}

/* Whether every line stays within what there is. That no truth is read as a number, which
   rules/program.py sees to, is not: nothing but a register would be read. */
static int right_lines(const Program *program, Py_ssize_t columns, Py_ssize_t constants,
                       Py_ssize_t results)
{
    for (Py_ssize_t index = 0; index < program->length; index++) {
        const Line *now = &program->lines[index];
        int reads = now->call == COLUMN || now->call == FLAGS;
        Py_ssize_t most_left = reads ? columns : program->registers;
        Py_ssize_t most_out = now->call == RESULT ? results : program->registers;
        if (now->call < 0 || now->call > RESULT || now->out < 0 || now->out >= most_out ||
            now->left >= most_left || now->right >= program->registers ||
            -1 - now->left >= constants || -1 - now->right >= constants ||
            ((reads || now->call == RESULT) && now->left < 0) ||
            (now->call == FLAGS && program->columns[now->left].format[0] != '?') ||
            (now->left < 0 && now->right < 0) || (now->call == TRUTHS && now->right >= 0) ||
            ((now->call == BITWISE_AND || now->call == BITWISE_OR) && now->right < 0) ||
            ((now->call == BITWISE_AND || now->call == BITWISE_OR || now->call == LOGICAL_NOT ||
              now->call == MASKED) && now->left < 0))
            return 0;
    }
    return 1;
}

/* Every column holds the rows that are asked for; NULL or what is wrong. */
static const char *wrong_column(const Py_buffer *column, Py_ssize_t rows)
{
    if (column->ndim != 1 || column->shape[0] < rows || column->format[1] != 0 ||
        strchr("dlqb?", column->format[0]) == NULL)
        return "columns of numbers or truths, of as many rows, are wanted";
    return NULL;
}

typedef struct {
    Py_buffer columns[MOST_COLUMNS], results[MOST_RESULTS];
    Py_ssize_t open, targets;
} Opened;

static int opened(Opened *all, PyObject *columns, PyObject *results, Py_ssize_t rows)
{
    if (!PyList_Check(columns) || !PyTuple_Check(results) ||
        PyList_GET_SIZE(columns) > MOST_COLUMNS || PyTuple_GET_SIZE(results) > MOST_RESULTS) {
        PyErr_SetString(PyExc_TypeError, "a list of columns and a tuple of results are wanted");
        return 0;
    }
    for (Py_ssize_t each = 0; each < PyList_GET_SIZE(columns); each++) {
        Py_buffer *column = &all->columns[each];
        if (PyObject_GetBuffer(PyList_GET_ITEM(columns, each), column, PyBUF_STRIDED_RO | PyBUF_FORMAT))
            return 0;
        all->open++;
        if (wrong_column(column, rows)) {
            PyErr_SetString(PyExc_TypeError, wrong_column(column, rows));
            return 0;
        }
    }
    for (Py_ssize_t each = 0; each < PyTuple_GET_SIZE(results); each++) {
        Py_buffer *result = &all->results[each];
        if (PyObject_GetBuffer(PyTuple_GET_ITEM(results, each), result, PyBUF_ND | PyBUF_WRITABLE))
            return 0;
        all->targets++;
        if (result->ndim != 2 || result->shape[1] < rows ||
            (result->itemsize != 1 && result->itemsize != 8)) {
            PyErr_SetString(PyExc_ValueError, "results are matrices with a row for each line");
            return 0;
        }
    }
    return 1;
}

static int runs(Program *program, Py_ssize_t rows)
{
    char *memory = PyMem_Malloc(program->registers * (sizeof(Register) + sizeof(void *)) + 64);
    if (memory == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    program->own = (Register *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
    program->at = (const void **)(program->own + program->registers);
    for (Py_ssize_t each = 0; each < program->registers; each++)
        program->at[each] = &program->own[each];
    for (Py_ssize_t first = 0; first < rows; first += BLOCK)
        block(program, first, rows - first < BLOCK ? rows - first : BLOCK);
    PyMem_Free(memory);
    return 1;
}

/* run(lines, registers, constants, columns, results, rows)

   lines is (length, 4) of int32. Columns are arrays of float64, int64, int8 or bool, results
   matrices of bytes for truths or of float64 for numbers, whose rows are counted through.
   `rows` is how many of their columns are asked of, or an array that tells which. */
PyObject *run(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Arrays arrays = {.open = 0};
    Items of[6];
    Opened all = {.open = 0, .targets = 0};
    Program program = {0};
    int some = count == 6 && !PyLong_Check(arguments[5]), done = 0;
    if (!taken(&arrays, arguments, count, some ? "4-8--8" : "4-8---", of))
        return wrong_lengths(&arrays);
    Py_ssize_t rows = some ? of[5].length : PyLong_AsSsize_t(arguments[5]), needed = rows;
    program.lines = of[0].at, program.length = of[0].length / 4;
    program.registers = PyLong_AsSsize_t(arguments[1]);
    program.constants = of[2].at;
    program.rows = some ? of[5].at : NULL;
    if (some && rows)
        for (Py_ssize_t each = needed = 0; each < rows; each++) {
            if (program.rows[each] < 0)
                return wrong_lengths(&arrays);
            if (program.rows[each] >= needed)
                needed = program.rows[each] + 1;
        }
    if (!PyErr_Occurred() && opened(&all, arguments[3], arguments[4], needed)) {
        Py_ssize_t lines = 0;
        for (Py_ssize_t each = 0; each < all.targets; each++)
            lines += all.results[each].shape[0];
        program.columns = all.columns, program.results = all.results;
        if (program.registers < 1 || rows < 0 ||
            !right_lines(&program, all.open, of[2].length, lines))
            PyErr_SetString(PyExc_ValueError, "these lines do not fit together");
        else
            done = runs(&program, rows);
    }
    while (all.open)
        PyBuffer_Release(&all.columns[--all.open]);
    while (all.targets)
        PyBuffer_Release(&all.results[--all.targets]);
    return closed(&arrays, done ? Py_NewRef(Py_None) : NULL);
}
