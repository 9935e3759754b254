"""Compiled: the one door into the kernels, for a caller who brings nothing but addresses and sizes."""

from typing import Any

import numba
from numba import types
from numba.np.arrayobj import get_cfarray_intrinsic

from samen.planner.search.arrays import BOARD, BUILD, CHAIN, CHANGE, LOG, NODE, SETTLE
from samen.planner.search.compiled import PLAIN
from samen.planner.search.moves import chain
from samen.planner.search.places import build, settle_all

array_at = get_cfarray_intrinsic("C", None)  # as `numba.carray`, which counts who holds an array
NODES, BOARDS, CHANGES = (types.CPointer(numba.from_dtype(kind)) for kind in (NODE, BOARD, CHANGE))
FLOATS, INTS, NEAR = types.CPointer(types.float64), types.CPointer(types.int64), types.CPointer(types.int32)
SIGNATURE = types.int64(NODES, BOARDS, CHANGES, FLOATS, FLOATS, NEAR, INTS, FLOATS, INTS, INTS, types.float64)


def enter(nodes, boards, log, ways, fit, near, able, shares, pool, sizes, heat):
    """Whichever of the kernels the first of the sizes says; what it returns, as a whole number."""
    all_nodes, board = array_at(nodes, sizes[1]), array_at(boards, 1)
    all_ways, all_fit = array_at(ways, (sizes[2], sizes[3], sizes[3])), array_at(fit, (sizes[4], sizes[5]))
    changes = array_at(log, LOG)
    if sizes[0] == SETTLE:
        return 1 if settle_all(all_nodes, board, changes, all_ways, all_fit) else 0
    close, those = array_at(near, (sizes[5], sizes[6])), array_at(able, (sizes[5], sizes[7]))
    some = array_at(pool, sizes[8])
    if sizes[0] == BUILD:
        build(all_nodes, board, changes, all_ways, all_fit, close, those, some)
        return 0
    if sizes[0] == CHAIN:
        drawn = array_at(shares, (4, 4))
        return chain(all_nodes, board, changes, all_ways, all_fit, close, those, drawn, some, sizes[9], heat, sizes[10])
    return -1


def compiled() -> tuple[str, bytes, int, Any]:
    """The door's name, its code to keep, its address in this process, and what must live as long as that."""
    door = numba.njit(SIGNATURE, **PLAIN)(enter)
    (found,) = door.overloads.values()
    name = found.fndesc.llvm_func_name
    _, _, (code, _) = found.library.serialize_using_object_code()
    return name, code, found.library.get_pointer_to_function(name), door
