"""The compiled kernels as Python calls them: loaded as they were kept, without the compiler, or else compiled now."""

import ctypes
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samen.planner.search import kept
from samen.planner.search.arrays import BUILD, CHAIN, SETTLE, Data, Floats, Ints, State

# As compiled functions are called: where to put the answer and the news of a mistake, nine arrays, sizes, and a number.
ENTRY = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 12, ctypes.c_double)
LIBRARY = ("log",)  # what kernels call of the system
NONE_FLOATS, NONE_INTS = np.zeros((4, 4)), np.zeros(0, np.int64)


class Mistaken(Exception):
    """A kernel ended with a mistake of ours."""


def settle_all(state: State, data: Data) -> bool:
    """Starts and totals from nothing but the routes; False if helpers wait for each other in a circle."""
    return _enter(SETTLE, state, data) == 1


def build(state: State, data: Data, order: Ints) -> None:
    """Every visit in this order that has no place yet gets the best there is, or the end of two routes."""
    _enter(BUILD, state, data, pool=order)


def chain(state: State, data: Data, shares: Floats, pool: Ints, *, steps: int, heat: float, wrecks: int) -> int:
    """So many moves with tasks of this pool, at this heat; one in `wrecks` takes a neighbourhood apart."""
    return _enter(CHAIN, state, data, shares=shares, pool=pool, steps=steps, heat=heat, wrecks=wrecks)


def _enter(
    which: int,
    state: State,
    data: Data,
    *,
    shares: Floats = NONE_FLOATS,
    pool: Ints = NONE_INTS,
    steps: int = 0,
    heat: float = 0.0,
    wrecks: int = 0,
) -> int:
    modes, places, _ = data.ways.shape
    days, tasks = data.fit.shape
    many = (state.nodes.size, modes, places, days, tasks, data.near.shape[1], data.able.shape[1], pool.size)
    sizes = np.array((which, *many, steps, wrecks), np.int64)
    arrays = (*state, data.ways, data.fit, data.near, data.able, shares, np.ascontiguousarray(pool, np.int64), sizes)
    found, news = ctypes.c_int64(), ctypes.c_void_p()
    addresses = [_address(one) for one in arrays]
    if entry()(ctypes.addressof(found), ctypes.addressof(news), *addresses, heat):
        raise Mistaken(Mistaken.__doc__)
    return found.value


def _address(array: NDArray[Any]) -> int:
    """Where it lies; a kernel reads it row by row."""
    assert array.flags.c_contiguous  # noqa: S101  a mistake of ours, which would read what is not there
    return int(array.ctypes.data)


@functools.cache
def entry() -> Callable[..., int]:
    """The door into the kernels; opened once in a process."""
    return _open()[0]


@functools.cache
def _open() -> tuple[Callable[..., int], Any]:
    """The door, and whatever its code goes with."""
    code = kept.read()
    if code is None:
        name, fresh, address, alive = _compile()
        kept.write(name, fresh)
    else:
        address, alive = _load(*code)
    return ENTRY(address), alive


def _compile() -> tuple[str, bytes, int, Any]:
    from samen.planner.search.entry import compiled  # noqa: PLC0415  the compiler takes half a second

    return compiled()


def _load(name: str, code: bytes) -> tuple[int, Any]:
    """The code of another process, in this one: the linker of the compiler is needed, and nothing else of it."""
    import llvmlite.binding as llvm  # noqa: PLC0415  a hundred megabytes that only who plans maps

    for needed in LIBRARY:
        llvm.add_symbol(needed, ctypes.cast(getattr(ctypes.CDLL(None), needed), ctypes.c_void_p).value)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(jit=True)
    linker = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    linker.add_object_file(llvm.ObjectFileRef.from_data(code))
    linker.finalize_object()
    return linker.get_function_address(name), linker
