"""How a play is told: a table beside each other, the same as comma-separated values, and a picture."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape

from samen.simulation import measuring
from samen.simulation.checking import Finding
from samen.simulation.measuring import Figures, Tally

WORDS = {
    "visits": "visits planned",
    "affected": "whose helper could not come",
    "wanted": "for which somebody else was sought",
    "covered": "covered by a stand-in",
    "own_helper": "own helper back in time",
    "skipped": "skipped, the household told",
    "left_open": "begun, and nobody came",
    "open_ahead": "still open after the last day",
    "coverage": "coverage",
    "hours_to_covered": "hours to covered, median",
    "hours_to_covered_p90": "hours to covered, nine of ten",
    "minutes_today": "minutes to covered today, median",
    "minutes_today_p90": "minutes to covered today, nine of ten",
    "questions": "questions asked",
    "questions_per_cover": "questions for each cover",
    "yes_share": "part of them answered yes",
    "messages_per_helper_week": "messages per helper and week",
    "most_in_a_week": "most messages to one helper in a week",
    "faces": "faces per household with an absent helper",
    "faces_most": "faces, the most of one household",
}
SHARES = ("coverage", "yes_share")
DRAWN = (
    "coverage",
    "hours_to_covered",
    "hours_to_covered_p90",
    "minutes_today",
    "questions_per_cover",
    "messages_per_helper_week",
    "faces",
    "left_open",
    "open_ahead",
)
BETTER_HIGH = ("coverage",)  # of all else that is drawn less is better
WIDTH, LEFT, BAR, GAP = 960, 250, 18, 34
COLOURS = ("#2f6f62", "#c7762c", "#4a6fa5", "#8a5a83", "#7a7f2b", "#a4483f")


@dataclass(frozen=True)
class Result:
    """One policy as it was played in one region, as far as it was played."""

    policy: str
    about: str
    region: str
    weeks: float  # added up over the regions, where there are more
    processor: float  # seconds, of this program and of the database
    tally: Tally
    findings: Sequence[Finding]
    met: dict[str, int] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Figures:
        """What was counted, in figures."""
        return self.tally.figures

    @property
    def broken(self) -> int:
        """How many promises were broken, counted by row."""
        return sum(one.count for one in self.findings)


def together(results: Sequence[Result]) -> Result:
    """One policy in several regions, as if they were one."""
    findings = [_of_all(results, number) for number in range(len(results[0].findings))]
    met = sum((Counter(one.met) for one in results), Counter[str]())
    return replace(
        results[0],
        region="all",
        weeks=sum(one.weeks for one in results),
        processor=sum(one.processor for one in results),
        tally=measuring.together([one.tally for one in results]),
        findings=findings,
        met=dict(met),
    )


def _of_all(results: Sequence[Result], number: int) -> Finding:
    rows = [f"{one.region}: {row}" for one in results for row in one.findings[number].rows]
    count = sum(one.findings[number].count for one in results)
    return Finding(results[0].findings[number].promise, count, tuple(rows))


def table(results: Sequence[Result], *, by: str) -> str:
    """The figures and the checks, one column for each policy or for each region."""
    wide = max([len(word) for word in WORDS.values()] + [len(one.promise) for one in results[0].findings]) + 2
    each = max([14] + [len(getattr(one, by)) + 2 for one in results])
    lines = ["".join([" " * wide, *(f"{getattr(one, by):>{each}}" for one in results)])]
    for name, word in WORDS.items():
        lines.append(f"{word:<{wide}}" + "".join(f"{shown(name, one):>{each}}" for one in results))
    lines += ["", "What the independent checker counted (0 is kept):"]
    for number, finding in enumerate(results[0].findings):
        counts = "".join(f"{one.findings[number].count:>{each}}" for one in results)
        lines.append(f"{finding.promise:<{wide}}{counts}")
    for one in results:
        for finding in one.findings:
            lines += [f"  {getattr(one, by)}: {finding.promise}: {row}" for row in finding.rows]
    lines += ["", "What was met on the way:"]
    for met in sorted({met for one in results for met in one.met}):
        lines.append(f"{met:<{wide}}" + "".join(f"{one.met.get(met, 0):>{each}}" for one in results))
    return "\n".join(lines)


def shown(name: str, result: Result) -> str:
    """One figure as it is read."""
    value = getattr(result.figures, name)
    if name in SHARES:
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def comma_separated(results: Sequence[Result], *, seed: int) -> str:
    """One row for each policy and region: its figures, and how often each promise was broken."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    promises = [finding.promise for finding in results[0].findings]
    writer.writerow(["policy", "region", "seed", "weeks", *WORDS, *promises])
    for one in results:
        counts = [finding.count for finding in one.findings]
        values = [round(value, 4) for _name, value in one.figures.rows()]
        writer.writerow([one.policy, one.region, seed, round(one.weeks, 2), *values, *counts])
    return out.getvalue()


def picture(results: Sequence[Result], *, title: str) -> str:
    """An SVG: for each figure a bar of each policy, the longest as long as there is room; a share is a part of all."""
    height = 70 + len(DRAWN) * (len(results) * BAR + GAP) + 24 * len(results)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fdfcfa"/>',
        f'<text x="16" y="30" font-size="17" fill="#26323a">{escape(title)}</text>',
    ]
    y = 58
    for name in DRAWN:
        parts += _bars(results, name, y)
        y += len(results) * BAR + GAP
    for number, one in enumerate(results):
        parts.append(f'<rect x="16" y="{y + 24 * number}" width="14" height="14" fill="{COLOURS[number % 6]}"/>')
        said = escape(f"{one.policy}: {one.about}")
        parts.append(f'<text x="38" y="{y + 12 + 24 * number}" fill="#26323a">{said}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bars(results: Sequence[Result], name: str, y: int) -> list[str]:
    most = 1 if name in SHARES else max([getattr(one.figures, name) for one in results] + [1e-9])
    better = "more is better" if name in BETTER_HIGH else "less is better"
    parts = [
        f'<text x="16" y="{y + 13}" fill="#26323a">{escape(WORDS[name])}</text>',
        f'<text x="16" y="{y + 29}" font-size="11" fill="#5d6a72">{better}</text>',
    ]
    for number, one in enumerate(results):
        wide = (WIDTH - LEFT - 130) * getattr(one.figures, name) / most
        top = y + number * BAR
        parts.append(
            f'<rect x="{LEFT + 40}" y="{top}" width="{max(wide, 1):.1f}" height="{BAR - 4}" rx="3"'
            f' fill="{COLOURS[number % 6]}"><title>{escape(one.policy)}</title></rect>'
        )
        parts.append(
            f'<text x="{LEFT + 46 + wide:.1f}" y="{top + 12}" font-size="12" fill="#26323a">{shown(name, one)}</text>'
        )
    return parts
