/* Conditions over columns: a straight line of calls (rules/program.py), run over a few
   hundred rows at a time, so that what is in between never leaves the processor's cache.

   Truth is all bits of a lane, or none. NaN is unknown, as in numpy: it compares with
   nothing, and goes through minimum and maximum. */

#include "arrays.h"
#include <math.h>
#include <string.h>

#define BLOCK 256
#define MOST_COLUMNS 512

typedef union {
    double number;
    int64_t truth;
} Lane;

enum {
    ABSOLUTE, ADD, BITWISE_AND, BITWISE_OR, DIVIDE, EQUAL, FULL, GREATER, GREATER_EQUAL, LESS,
    LESS_EQUAL, MAXIMUM, MINIMUM, MULTIPLY, NEGATIVE, SUBTRACT, COLUMN, RESULT,
}; /* as in rules/program.py */

typedef struct { /* a line: what it does, where the result goes, what it reads (< 0: a constant) */
    int32_t call, out, left, right;
} Line;

#define EACH(result)                            \
    for (Py_ssize_t i = 0; i < rows; i++) {     \
        double x = a[i * p].number;             \
        double y = b[i * q].number;             \
        (void)y;                                \
        result;                                 \
    }                                           \
    break

/* p and q are 0 where an operand is one number for all rows. */
static inline __attribute__((always_inline)) void work(
    int call, Lane *restrict out, const Lane *a, Py_ssize_t p, const Lane *b, Py_ssize_t q,
    Py_ssize_t rows)
{
    switch (call) {
    case ABSOLUTE: EACH(out[i].number = fabs(x));
    case NEGATIVE: EACH(out[i].number = -x);
    case FULL: EACH((void)x; out[i].number = y);
    case ADD: EACH(out[i].number = x + y);
    case SUBTRACT: EACH(out[i].number = x - y);
    case MULTIPLY: EACH(out[i].number = x * y);
    case DIVIDE: EACH(out[i].number = x / y);
    case MAXIMUM: EACH(out[i].number = x > y || x != x ? x : y);
    case MINIMUM: EACH(out[i].number = x < y || x != x ? x : y);
    case EQUAL: EACH(out[i].truth = -(int64_t)(x == y));
    case LESS: EACH(out[i].truth = -(int64_t)(x < y));
    case LESS_EQUAL: EACH(out[i].truth = -(int64_t)(x <= y));
    case GREATER: EACH(out[i].truth = -(int64_t)(x > y));
    case GREATER_EQUAL: EACH(out[i].truth = -(int64_t)(x >= y));
    case BITWISE_AND:
        for (Py_ssize_t i = 0; i < rows; i++)
            out[i].truth = a[i * p].truth & b[i * q].truth;
        break;
    case BITWISE_OR:
        for (Py_ssize_t i = 0; i < rows; i++)
            out[i].truth = a[i * p].truth | b[i * q].truth;
        break;
    }
}

/* Twice as wide where the processor can: the linker chooses when the module is loaded. */
#if defined(__x86_64__) && defined(__GNUC__) && defined(__gnu_linux__) && !defined(__clang__)
__attribute__((target_clones("avx2", "default")))
#endif
static void line(const Line *line, Lane *out, const Lane *a, const Lane *b, Py_ssize_t rows)
{
    if (line->left >= 0 && line->right >= 0)
        work(line->call, out, a, 1, b, 1, rows);
    else if (line->left >= 0)
        work(line->call, out, a, 1, b, 0, rows);
    else
        work(line->call, out, a, 0, b, 1, rows);
}

typedef struct {
    const Line *lines;
    Py_ssize_t length, registers;
    const Lane *constants;
    Py_buffer *columns;
    uint8_t *flags;
    Lane *numbers;
} Program;

static void load(const Py_buffer *column, Lane *out, Py_ssize_t first, Py_ssize_t rows)
{
    const char *from = (const char *)column->buf + first * column->strides[0];
    for (Py_ssize_t i = 0; i < rows; i++)
        memcpy(&out[i], from + i * column->strides[0], sizeof(Lane));
}

static void block(const Program *program, Lane *registers, Py_ssize_t first, Py_ssize_t rows,
                  Py_ssize_t all)
{
    for (Py_ssize_t index = 0; index < program->length; index++) {
        const Line *now = &program->lines[index];
        const Lane *left = now->left < 0 ? &program->constants[-1 - now->left]
                                         : registers + now->left * BLOCK;
        if (now->call == COLUMN) {
            load(&program->columns[now->left], registers + now->out * BLOCK, first, rows);
        } else if (now->call == RESULT && program->flags) {
            for (Py_ssize_t i = 0; i < rows; i++)
                program->flags[now->out * all + first + i] = left[i].truth != 0;
        } else if (now->call == RESULT) {
            memcpy(program->numbers + now->out * all + first, left, rows * sizeof(Lane));
        } else {
            const Lane *right = now->right < 0 ? &program->constants[-1 - now->right]
                                               : registers + now->right * BLOCK;
            line(now, registers + now->out * BLOCK, left, right, rows);
        }
    }
}

static int right_lines(const Program *program, Py_ssize_t columns, Py_ssize_t constants,
                       Py_ssize_t results)
{
    for (Py_ssize_t index = 0; index < program->length; index++) {
        const Line *now = &program->lines[index];
        Py_ssize_t most_left = now->call == COLUMN ? columns : program->registers;
        Py_ssize_t most_out = now->call == RESULT ? results : program->registers;
        if (now->call < 0 || now->call > RESULT || now->out < 0 || now->out >= most_out ||
            now->left >= most_left || now->right >= program->registers ||
            -1 - now->left >= constants || -1 - now->right >= constants ||
            (now->call >= COLUMN && now->left < 0) || (now->left < 0 && now->right < 0))
            return 0;
    }
    return 1;
}

/* run(lines, registers, constants, columns, results)

   lines is (length, 4) of int32; columns are float64 arrays of one length, the rows; results
   is (results, rows), of bytes for truths or of float64 for numbers. */
PyObject *run(PyObject *module, PyObject *args)
{
    PyObject *lines_, *constants_, *columns_, *results_;
    Arrays arrays = {.open = 0};
    Program program = {0};
    Py_buffer columns[MOST_COLUMNS], results;
    Py_ssize_t constants, open = 0, cells, rows = 0, number;
    Lane *registers = NULL;
    if (!PyArg_ParseTuple(args, "OnOO!O", &lines_, &program.registers, &constants_, &PyList_Type,
                          &columns_, &results_))
        return NULL;
    program.lines = items(&arrays, lines_, 4, &cells);
    program.constants = program.lines ? items(&arrays, constants_, 8, &constants) : NULL;
    if (!program.constants || PyObject_GetBuffer(results_, &results, PyBUF_ND | PyBUF_WRITABLE) < 0)
        return wrong_lengths(&arrays);
    program.length = cells / 4;
    number = PyList_GET_SIZE(columns_);
    if (results.ndim == 2 && (results.itemsize == 1 || results.itemsize == 8) && number &&
        number <= MOST_COLUMNS) {
        rows = results.shape[1];
        if (results.itemsize == 1)
            program.flags = results.buf;
        else
            program.numbers = results.buf;
        while (open < number && PyObject_GetBuffer(PyList_GET_ITEM(columns_, open), &columns[open],
                                                   PyBUF_STRIDED_RO | PyBUF_FORMAT) == 0) {
            Py_buffer *column = &columns[open++];
            if (column->ndim != 1 || column->shape[0] != rows || strcmp(column->format, "d")) {
                PyErr_SetString(PyExc_TypeError, "float64 columns of as many rows are wanted");
                break;
            }
        }
    }
    if (!PyErr_Occurred() && open == number && open &&
        right_lines(&program, number, constants, results.shape[0])) {
        program.columns = columns;
        registers = PyMem_Malloc(program.registers * BLOCK * sizeof(Lane));
        if (registers == NULL)
            PyErr_NoMemory();
        for (Py_ssize_t first = 0; registers && first < rows; first += BLOCK)
            block(&program, registers, first, rows - first < BLOCK ? rows - first : BLOCK, rows);
    } else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "these lines do not fit together");
    }
    PyMem_Free(registers);
    while (open)
        PyBuffer_Release(&columns[--open]);
    PyBuffer_Release(&results);
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}
