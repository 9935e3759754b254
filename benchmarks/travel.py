"""Travel by road, asked of Valhalla in our own process, beside the estimate that flies over the river.

A small town of our own drawing: 441 crossings, a river, one bridge at its western end.  Promised: the engine finds the
way over the bridge, knows no bus and no other town; and a matrix of a team's morning is there within a second.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import osmium
import valhalla
from osmium.osm import mutable

from benchmarks import machine
from samen.people import engines
from samen.people.places import Point
from samen.planner import travel

ROWS, STEP, SOUTH_WEST = 21, 0.002, (52.20, 5.14)
RIVER = 10  # after this row only the first column crosses
SOUTH, NORTH, ELSEWHERE = Point(52.205, 5.17), Point(52.235, 5.17), Point(48.0, 2.0)
BY_THE_BRIDGE_KM = 7.4
SIDE = 40  # so many homes and so many helpers


def main(words: list[str]) -> int:
    """Draw the town, ask both, and print how far they are apart; 1 when a promise is broken."""
    argparse.ArgumentParser(prog="bench travel", description=__doc__).parse_args(words)
    with tempfile.TemporaryDirectory(prefix="samen-town-") as folder:
        began = time.perf_counter()
        engine = engines.Valhalla(_town(Path(folder)))
        print(f"\n{machine()}\na town of {ROWS * ROWS} crossings: tiles in {time.perf_counter() - began:.1f} s")
        broken = [*_the_river(engine), *_a_morning(engine)]
    print("KEPT" if not broken else "BROKEN:\n  " + "\n  ".join(broken))
    return 1 if broken else 0


def _the_river(engine: engines.Valhalla) -> list[str]:
    ((here, across),) = engine.matrix([SOUTH], [SOUTH, NORTH], "BIKE")
    ((bus,),) = engine.matrix([SOUTH], [NORTH], "TRANSIT")
    guessed = travel.minutes(SOUTH, NORTH, "BIKE")
    if across is None:
        return ["there is a bridge, and no way was found"]
    print(f"over the bridge: {across[1]} km, {across[0]} min; the estimate says {guessed} min")
    broken = [] if abs(across[1] - BY_THE_BRIDGE_KM) < 0.1 else [f"the bridge is {BY_THE_BRIDGE_KM} km away"]
    broken += [] if here == (3, 0.0) else ["to where one is there is only the overhead"]
    broken += [] if bus is None else ["there is no bus in this town"]
    try:
        engine.matrix([SOUTH], [ELSEWHERE], "BIKE")
        broken.append("a town without tiles got an answer")
    except engines.NoAnswer:
        pass
    return broken


def _a_morning(engine: engines.Valhalla) -> list[str]:
    """Everybody of a team to every home: how long it takes, and beside it the estimate."""
    starts = [_at(number * 7) for number in range(SIDE)]
    ends = [_at(number * 11 + 3) for number in range(SIDE)]
    began = time.perf_counter()
    known = engine.matrix(starts, ends, "BIKE")
    asked = time.perf_counter() - began
    began = time.perf_counter()
    guessed = [[travel.minutes(start, end, "BIKE") for end in ends] for start in starts]
    reckoned = time.perf_counter() - began
    apart = sorted(
        abs(cell[0] - guess)
        for row, guesses in zip(known, guessed, strict=True)
        for cell, guess in zip(row, guesses, strict=True)
        if cell
    )
    print(
        f"{SIDE} x {SIDE} ways: engine {asked:.2f} s, estimate {reckoned:.4f} s, ratio {asked / reckoned:.0f};"
        f" apart {apart[len(apart) // 2]} min at the median, {apart[-1]} at most"
    )
    return [] if asked <= 1 else [f"{SIDE * SIDE} ways took {asked:.1f} s"]


def _at(number: int) -> Point:
    row, column = divmod(number % (ROWS * ROWS), ROWS)
    return Point(SOUTH_WEST[0] + row * STEP, SOUTH_WEST[1] + column * STEP)


# --- The town -------------------------------------------------------------------------------------


def _town(folder: Path) -> str:
    """Tiles of the town; returns the configuration an engine begins with."""
    _draw(folder / "town.osm.pbf")
    (folder / "tiles").mkdir()
    words = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    words["mjolnir"]["tile_extract"] = ""
    (folder / "valhalla.json").write_text(json.dumps(words))
    build = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    order = [str(build), "-c", str(folder / "valhalla.json"), str(folder / "town.osm.pbf")]
    subprocess.run(order, check=True, capture_output=True, cwd=folder)  # it leaves a list where it stands
    return str(folder / "valhalla.json")


def _draw(file: Path) -> None:
    writer = osmium.SimpleWriter(str(file))
    lines = [[(row, column) for column in range(ROWS)] for row in range(ROWS)]
    lines.append([(row, 0) for row in range(ROWS)])
    for column in range(1, ROWS):
        lines += [[(row, column) for row in side] for side in (range(RIVER + 1), range(RIVER + 1, ROWS))]
    for number in range(ROWS * ROWS):
        there = _at(number)
        writer.add_node(mutable.Node(id=1 + number, version=1, location=(there.lon, there.lat)))
    for number, line in enumerate(lines, start=1):
        nodes = [1 + row * ROWS + column for row, column in line]
        writer.add_way(mutable.Way(id=number, version=1, nodes=nodes, tags={"highway": "residential"}))
    writer.close()
