// The library that writes filters, seccomp_init(3) and its neighbours.
#ifndef CSECCOMP_SHIM_H
#define CSECCOMP_SHIM_H

#include <seccomp.h>

#endif
