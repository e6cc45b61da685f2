/* Keys of Python's texts, the same as those of the bytes that they came from. */

#include "keys.h"

uint64_t SALT[3];

/* As random as Python's own hashes: PYTHONHASHSEED makes both the same each time. */
int salt(void)
{
    for (int each = 0; each < 3; each++) {
        PyObject *text = PyUnicode_FromFormat("salt %d", each);
        if (text == NULL)
            return -1;
        uint64_t hash = (uint64_t)PyObject_Hash(text);
        SALT[each] = (hash ^ hash << 32) * SPREAD | 1;
        Py_DECREF(text);
    }
    return 0;
}

int64_t key_of(PyObject *name)
{
    if (name == Py_None)
        return 0;
    if (PyUnicode_Check(name) && PyUnicode_READY(name) == 0 && PyUnicode_IS_COMPACT_ASCII(name))
        return (int64_t)(key_of_bytes(PyUnicode_1BYTE_DATA(name), PyUnicode_GET_LENGTH(name)) | 1);
    if (!PyUnicode_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "a name is a text");
        return 0;
    }
    /* Not PyUnicode_AsUTF8: it would keep the bytes for as long as the text. */
    PyObject *bytes = PyUnicode_AsEncodedString(name, "utf-8", "surrogatepass");
    if (bytes == NULL)
        return 0;
    uint64_t key =
        key_of_bytes((const uint8_t *)PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return (int64_t)(key | 1);
}

/* keys(names, found): the key of each name of a list. */
PyObject *keys(PyObject *module, PyObject *args)
{
    PyObject *names, *found_;
    Arrays arrays = {.open = 0};
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &names, &found_))
        return NULL;
    int64_t *found = items(&arrays, found_, 8, &length);
    if (found == NULL || length != PyList_GET_SIZE(names))
        return wrong_lengths(&arrays);
    for (Py_ssize_t index = 0; index < length && !PyErr_Occurred(); index++)
        found[index] = key_of(PyList_GET_ITEM(names, index));
    return closed(&arrays, PyErr_Occurred() ? NULL : Py_NewRef(Py_None));
}

/* salted() -> bytes: the salt. salted(salt): another one, from now on; keys that were made
   before are worth nothing then. So processes agree on what a name's key is. */
PyObject *salted(PyObject *module, PyObject *args)
{
    const char *salt = NULL;
    Py_ssize_t length = sizeof(SALT);
    if (!PyArg_ParseTuple(args, "|y#", &salt, &length))
        return NULL;
    if (length != sizeof(SALT)) {
        PyErr_SetString(PyExc_ValueError, "that is no salt");
        return NULL;
    }
    if (salt != NULL)
        memcpy(SALT, salt, sizeof(SALT));
    return PyBytes_FromStringAndSize((const char *)SALT, sizeof(SALT));
}
