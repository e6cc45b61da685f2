/* The compiled module; what it may be asked is told in the other files. */

#include "scan.h"

#define FAST(function) (PyCFunction)(void (*)(void))(function)

static PyMethodDef methods[] = {
    {"layouts", layouts, METH_O, NULL},
    {"known", known, METH_VARARGS, NULL},
    {"gather", gather, METH_VARARGS, NULL},
    {"numbers_of", numbers_of, METH_VARARGS, NULL},
    {"meet", FAST(meet), METH_FASTCALL, NULL},
    {"number", FAST(number), METH_FASTCALL, NULL},
    {"numbered", FAST(numbered), METH_FASTCALL, NULL},
    {"rehash", FAST(rehash), METH_FASTCALL, NULL},
    {"did", FAST(did), METH_FASTCALL, NULL},
    {"reached", reached, METH_VARARGS, NULL},
    {"move", FAST(move), METH_FASTCALL, NULL},
    {"rolled", FAST(rolled), METH_FASTCALL, NULL},
    {"newest", FAST(newest), METH_FASTCALL, NULL},
    {"told", FAST(told), METH_FASTCALL, NULL},
    {"placed", FAST(placed), METH_FASTCALL, NULL},
    {"made", FAST(made), METH_FASTCALL, NULL},
    {"became", FAST(became), METH_FASTCALL, NULL},
    {"took", FAST(took), METH_FASTCALL, NULL},
    {"bought", FAST(bought), METH_FASTCALL, NULL},
    {"heard", FAST(heard), METH_FASTCALL, NULL},
    {"silent", FAST(silent), METH_FASTCALL, NULL},
    {"learned", FAST(learned), METH_FASTCALL, NULL},
    {"calm", FAST(calm), METH_FASTCALL, NULL},
    {"parted", FAST(parted), METH_FASTCALL, NULL},
    {"outlook", FAST(outlook), METH_FASTCALL, NULL},
    {"watched", FAST(watched), METH_FASTCALL, NULL},
    {"late", FAST(late), METH_FASTCALL, NULL},
    {"run", FAST(run), METH_FASTCALL, NULL},
    {"selling", FAST(selling), METH_FASTCALL, NULL},
    {"lasting", FAST(lasting), METH_FASTCALL, NULL},
    {"sloping", FAST(sloping), METH_FASTCALL, NULL},
    {"stepped", FAST(stepped), METH_FASTCALL, NULL},
    {"keys", keys, METH_VARARGS, NULL},
    {"scanner", make_scanner, METH_VARARGS, NULL},
    {"scan", scan, METH_VARARGS, NULL},
    {"forget_rooms", forget_rooms, METH_VARARGS, NULL},
    {"approve", approve, METH_O, NULL},
    {"collect", collect, METH_VARARGS, NULL},
    {"texts", texts, METH_VARARGS, NULL},
    {"text_keys", text_keys, METH_VARARGS, NULL},
    {"split", split, METH_VARARGS, NULL},
    {"unpack", unpack, METH_VARARGS, NULL},
    {"salted", salted, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_compiled",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit__compiled(void)
{
    PyObject *made = words() < 0 || salt() < 0 || PyType_Ready(&Scanner_type) < 0 || PyType_Ready(&Scan_type) < 0 ? NULL : PyModule_Create(&module);
    if (made != NULL && PyModule_AddStringConstant(made, "digest", DIGEST) < 0)
        Py_CLEAR(made);
    return made;
}
