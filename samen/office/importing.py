"""A file is brought, understood, tried, taken over in one go, and for thirty days taken back in one go.

Trying writes nothing but what it thinks of each row.  Taking over judges every row once more, against what is there by
then: when anything is different, nothing is written and what it thinks now is shown instead.
"""

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from samen.base import clock, jobs, journal, tenancy
from samen.base.tenancy import Actor
from samen.office import hiding, judging, mapping, reading
from samen.office.drafts import ArrangementDraft, HelperDraft, HouseholdDraft, called
from samen.office.facts import Fact
from samen.office.judging import Judgement
from samen.office.mapping import Kind
from samen.office.models import Import, ImportRow, Mapping
from samen.people import corrections, helpers, households, numbers, takeback
from samen.people.corrections import Correction
from samen.people.helpers import NewHelper
from samen.people.households import NewHousehold, NewMember
from samen.people.models import Helper, Household
from samen.people.takeback import Stored, Whole
from samen.teams.models import Team
from samen.visits import arrangements
from samen.visits import takeback as visits
from samen.visits.models import Arrangement

PORTION = 500
KEPT = timedelta(days=30)
Verdict, State = ImportRow.Verdict, Import.State
WRITES = {Verdict.NEW, Verdict.CHANGED}


class AlreadyUnderWay(Exception):
    """Somebody else has gone on with this import meanwhile."""


class TooLate(Exception):
    """An import can be taken back for thirty days, and its rows are not kept longer."""


@transaction.atomic
def bring(*, kind: str, name: str, content: bytes, by: Actor, at: datetime) -> Import:
    """The rows of this file wait for what their columns mean.  Raises `reading.Unreadable`.

    The file itself is not kept, and of a column with citizen service numbers not one cell is.
    """
    sheet = reading.read(name, content)
    forbidden = set(mapping.service_numbers(sheet.header, sheet.rows))
    kept = [place for place in range(len(sheet.header)) if place not in forbidden]
    file = Import.objects.create(
        kind=kind,
        file_name=name[-120:],
        header=[sheet.header[place] for place in kept],
        left_out=[sheet.header[place] for place in sorted(forbidden)],
        other_sheets=sheet.other_sheets,
        row_count=len(sheet.rows),
        by_ref=by.ref,
        brought_at=at,
    )
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                file=file,
                number=row.number,
                cells=[row.cells[place] if place < len(row.cells) else "" for place in kept],
            )
            for row in sheet.rows
        ),
        batch_size=PORTION,
    )
    return file


def columns(file: Import) -> list[mapping.Column]:
    """Every column with its samples and the field it is: as chosen, as remembered, or as guessed."""
    rows = [
        reading.Row(number, cells)
        for number, cells in file.rows.order_by("number").values_list("number", "cells")[: mapping.LOOKED_AT]
    ]
    guessed = mapping.columns(file.kind, file.header, rows)
    places = {place: key for key, place in file.mapping.items()}
    known = Mapping.objects.filter(kind=file.kind, key=mapping.key_of(file.header)).first()
    if not places and known is None:
        return guessed
    return [
        mapping.Column(one.place, one.name, one.samples, places.get(one.place, "") if places else _kept(known, one))
        for one in guessed
    ]


def _kept(known: Mapping | None, column: mapping.Column) -> str:
    found: str = known.fields.get(mapping.plain(column.name), "") if known else ""
    return found


@transaction.atomic
def understand(file: Import, *, fields: dict[int, str], team: Team | None) -> None:
    """The columns mean this, now and the next time; every row is looked at."""
    _begin(file, State.JUDGING, when=(State.MAPPING, State.JUDGED))
    file.mapping = {key: place for place, key in fields.items()}
    file.team, file.judged_count, file.changed_meanwhile = team, 0, False
    file.save()
    Mapping.objects.update_or_create(
        kind=file.kind,
        key=mapping.key_of(file.header),
        defaults={"fields": {mapping.plain(file.header[place]): key for place, key in fields.items()}},
    )
    file.rows.update(verdict="", answer="", target_ref=None)
    judge.later(file=file.pk)


@transaction.atomic
def answer(file: Import, answers: dict[int, str]) -> None:
    """Who may be somebody we know is (the reference), or is not (NEW); nothing said is nothing taken over."""
    _begin(file, State.JUDGING, when=(State.JUDGED,))
    for row in file.rows.filter(number__in=answers):
        said = answers[row.number]
        row.answer = "" if not said else ImportRow.Answer.NEW if said == ImportRow.Answer.NEW else ImportRow.Answer.SAME
        row.target_ref = uuid.UUID(said) if row.answer == ImportRow.Answer.SAME else None
        row.save(update_fields=["answer", "target_ref"])
    file.judged_count = 0
    file.save()
    judge.later(file=file.pk)


@transaction.atomic
def take_over(file: Import) -> None:
    """All rows that can be, are written at once, or none is."""
    _begin(file, State.COMMITTING, when=(State.JUDGED,))
    file.changed_meanwhile = False
    file.save()
    commit.later(file=file.pk)


@transaction.atomic
def take_back(file: Import, *, at: datetime) -> None:
    """Everything is as it was before this import, except what was changed by others since.  Raises `TooLate`."""
    if file.committed_at is None or at - file.committed_at > KEPT:
        raise TooLate(TooLate.__doc__)
    _begin(file, State.UNDOING, when=(State.COMMITTED,))
    file.save()
    undo.later(file=file.pk)


@transaction.atomic
def discard(file: Import) -> None:
    """Nothing of this file is kept; nothing was written."""
    _begin(file, State.DISCARDED, when=(State.MAPPING, State.JUDGED))
    file.save()
    file.rows.all().delete()


def _begin(file: Import, state: str, *, when: Sequence[str]) -> None:
    """From here on the file is in this state; two who press at once are one and the other."""
    locked = Import.objects.select_for_update().get(pk=file.pk)
    if locked.state not in when:
        raise AlreadyUnderWay(AlreadyUnderWay.__doc__)
    file.state = state


# --- Trying --------------------------------------------------------------------------------------------------


@jobs.job(of={"file": Import}, stepwise=True)
def judge(org: int, actor: Actor, *, file: int) -> None:
    """Look at every row, in portions, so that it can be seen how far it is; begun again it begins anew."""
    with tenancy.enter(org, actor) as context:
        whole = Import.objects.get(pk=file)
        rows = list(whole.rows.order_by("number"))
        judged = judging.judge(whole, rows, today=context.at.astimezone(clock.HOME).date())
        portion = list(islice(judged, PORTION))
    while portion and _note(org, actor, file, portion):
        with tenancy.enter(org, actor):
            portion = list(islice(judged, PORTION))
    with tenancy.enter(org, actor):
        Import.objects.filter(pk=file, state=State.JUDGING).update(state=State.JUDGED)


def _note(org: int, actor: Actor, file: int, portion: Sequence[tuple[ImportRow, Judgement]]) -> bool:
    """Write down what is thought of these rows; no more of it when somebody went on meanwhile."""
    with tenancy.enter(org, actor):
        whole = Import.objects.select_for_update().get(pk=file)
        if whole.state != State.JUDGING:
            return False
        _keep(portion)
        whole.judged_count += len(portion)
        whole.save(update_fields=["judged_count"])
    return True


def _keep(portion: Sequence[tuple[ImportRow, Judgement]]) -> None:
    for row, judgement in portion:
        for name, value in judgement.told().items():
            setattr(row, name, value)
    _store([row for row, _ in portion], verdict="text", faults="jsonb", alike="jsonb", changes="jsonb")
    hiding.clear(row for row, judgement in portion if judgement.known and judgement.known.hidden)


def _store(rows: Sequence[ImportRow], **columns: str) -> None:
    """Write these columns of many rows in one statement; the framework's own CASE for each cell takes half a minute."""
    new = [{"id": row.pk} | {name: getattr(row, name) for name in columns} for row in rows]
    assigned = ", ".join(f"{name} = new.{name}" for name in columns)
    kinds = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE office_importrow AS old SET {assigned}"  # noqa: S608  names of columns, written on this page
            f" FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, {kinds})"
            " WHERE old.org_id = %s AND old.id = new.id",
            [json.dumps(new, default=str), tenancy.current_org()],
        )


def counts(file: Import) -> dict[str, int]:
    """How many rows are new, changed, the same, wrong, or wait for an answer."""
    found = Counter(file.rows.values_list("verdict", flat=True))
    return {verdict: found.get(verdict, 0) for verdict in Verdict}


# --- Taking over ---------------------------------------------------------------------------------------------


@jobs.job(of={"file": Import})
def commit(*, file: int) -> None:
    """Write all of it in one transaction, if every row is still what was shown; else show what it would be now."""
    whole = Import.objects.select_for_update().get(pk=file)
    if whole.state != State.COMMITTING:
        return
    context = tenancy.current()
    rows = list(whole.rows.order_by("number"))
    shown = [(row.verdict, row.faults, row.alike, row.changes) for row in rows]
    judged = list(judging.judge(whole, rows, today=context.at.astimezone(clock.HOME).date()))
    now = [tuple(judgement.told().values()) for _, judgement in judged]
    if [tuple(one) for one in shown] != now:
        _keep(judged)
        whole.state, whole.changed_meanwhile = State.JUDGED, True
        whole.save()
        return
    _write(whole, [pair for pair in judged if pair[1].verdict in WRITES], by=context.actor, at=context.at)
    whole.state, whole.committed_at = State.COMMITTED, context.at
    whole.save()
    count = sum(judgement.verdict in WRITES for _, judgement in judged)
    journal.record(Fact.IMPORT_COMMITTED, about=[whole], by=context.actor, at=context.at, params={"count": count})


def _write(file: Import, judged: Sequence[tuple[ImportRow, Judgement]], *, by: Actor, at: datetime) -> None:
    if file.kind == Kind.ARRANGEMENTS:
        _agree(judged, by=by, at=at)
    else:
        _take_over_people(Household if file.kind == Kind.HOUSEHOLDS else Helper, judged, by=by, at=at)


def _take_over_people(whole: Whole, judged: Sequence[tuple[ImportRow, Judgement]], *, by: Actor, at: datetime) -> None:
    """New ones are registered, others corrected; how each stood before and after is kept with its row."""
    today = at.astimezone(clock.HOME).date()
    changed = [(row, judgement) for row, judgement in judged if judgement.known]
    before = takeback.as_stored(whole, [judgement.known.whose.pk for _, judgement in changed if judgement.known])
    for _row, judgement in changed:
        corrections.correct(_correction(judgement, today), by=by, at=at)
    fresh = [(row, judgement) for row, judgement in judged if not judgement.known]
    made = _register(whole, [judgement.draft for _, judgement in fresh], today, by=by, at=at)
    pairs: list[tuple[ImportRow, Household | Helper]] = []
    pairs += [(row, judgement.known.whose) for row, judgement in changed if judgement.known]
    pairs += [(row, one) for (row, _), one in zip(fresh, made, strict=True)]
    after = takeback.as_stored(whole, [one.pk for _, one in pairs])
    for row, one in pairs:
        row.target_ref, row.before, row.after_hash = one.public_id, before.get(one.pk), takeback.digest(after[one.pk])
    _store([row for row, _ in pairs], target_ref="uuid", before="jsonb", after_hash="text")


def _register(
    whole: Whole, drafts: Sequence[Any], today: date, *, by: Actor, at: datetime
) -> Sequence[Household | Helper]:
    if not drafts:
        return []
    made: list[Household | Helper]
    if whole is Household:
        made = [*households.register_all(new=[_new_household(draft, today) for draft in drafts], by=by, at=at)]
    else:
        made = [*helpers.register_all(new=[_new_helper(draft, today) for draft in drafts], by=by, at=at)]
    numbers.give_all((one, draft.number) for one, draft in zip(made, drafts, strict=True) if draft.number)
    return made


def _new_household(draft: HouseholdDraft, today: date) -> NewHousehold:
    members = [NewMember(judging.new_person(draft.who))]
    members += [judging.contact(draft.contact)] if draft.contact else []
    name = draft.name or called(draft.who)
    return NewHousehold(name, draft.team, tuple(members), draft.home, draft.since or today)


def _new_helper(draft: HelperDraft, today: date) -> NewHelper:
    said = {
        name: value
        for name in ("mode", "reach_minutes", "contract_minutes")
        if (value := getattr(draft, name)) not in (None, "")
    }
    return NewHelper(
        person=judging.new_person(draft.who),
        team=draft.team,
        home=draft.home,
        since=draft.since or today,
        birth_date=draft.birth_date,
        week=draft.week,
        **said,
    )


def _correction(judgement: Judgement, today: date) -> Correction:
    draft, there = judgement.draft, judgement.known
    assert there is not None and isinstance(draft, HouseholdDraft | HelperDraft)  # noqa: S101, PT018  only these are known
    said = Correction(
        whose=there.whose,
        person=there.person,
        since=today,
        number="" if there.number else draft.number,
        columns=judging.person_columns(draft.who, there.who),
        phones=judging.new_phones(draft, there),
        emails=judging.new_emails(draft, there),
        home=draft.home if judging.moves(draft, there) else None,
    )
    if isinstance(draft, HelperDraft):
        return replace(said, terms=judging.terms(draft, there), week=_whole_week(draft, there))
    contact = judging.contact(draft.contact) if draft.contact and judging.newcomer(draft, there) else None
    return replace(said, name=draft.name, contact=contact)


def _whole_week(draft: HelperDraft, there: Any) -> dict[int, Any]:
    """Her week with the days that the row tells; nothing when it tells nothing new."""
    news = {day: hours for day, hours in draft.week.items() if list(hours) != list(there.week.get(day, []))}
    return {**there.week, **news} if news else {}


def _agree(judged: Sequence[tuple[ImportRow, Judgement]], *, by: Actor, at: datetime) -> None:
    for row, judgement in judged:
        draft = judgement.draft
        assert isinstance(draft, ArrangementDraft)  # noqa: S101  a file has rows of one kind
        made = arrangements.agree(
            household=draft.household,
            work_form=draft.work_form,
            slots=[_with(slot, draft.helper) for slot in draft.slots],
            since=draft.since,
            until=draft.until,
            by=by,
            at=at,
        )
        row.target_ref = made.public_id
    _store([row for row, _ in judged], target_ref="uuid")


def _with(slot: arrangements.Slot, helper: Helper | None) -> arrangements.Slot:
    return arrangements.Slot(**{**vars(slot), "helper": helper})


# --- Taking back -----------------------------------------------------------------------------------------------


@jobs.job(of={"file": Import})
def undo(*, file: int) -> None:
    """Take back all that nobody touched since, in one transaction; the rest is named."""
    whole = Import.objects.select_for_update().get(pk=file)
    if whole.state != State.UNDOING:
        return
    context = tenancy.current()
    rows = list(whole.rows.filter(verdict__in=WRITES).exclude(target_ref=None).order_by("number"))
    if whole.kind == Kind.ARRANGEMENTS:
        kept = visits.take_back([row.target_ref for row in rows if row.target_ref], at=context.at)
    else:
        kept = _take_back_people(Household if whole.kind == Kind.HOUSEHOLDS else Helper, rows)
    for row in rows:
        row.kept_back = row.target_ref in kept
    _store(rows, kept_back="boolean")
    whole.state, whole.undone_at = State.UNDONE, context.at
    whole.save()
    journal.record(Fact.IMPORT_TAKEN_BACK, about=[whole], by=context.actor, at=context.at)


def _take_back_people(whole: Whole, rows: Sequence[ImportRow]) -> set[uuid.UUID]:
    """Those who stay; somebody who is not there any more was touched as well."""
    pks = dict(whole.objects.filter(public_id__in=[row.target_ref for row in rows]).values_list("public_id", "pk"))
    there = {pks[row.target_ref]: row for row in rows if row.target_ref in pks}
    before: dict[int, Stored] = {pk: row.before or {} for pk, row in there.items()}
    touched = takeback.take_back(whole, before, {pk: row.after_hash for pk, row in there.items()})
    gone = {row.target_ref for row in rows if row.target_ref and row.target_ref not in pks}
    return gone | {row.target_ref for pk, row in there.items() if pk in touched and row.target_ref}


@jobs.job(of={})
def forget() -> None:
    """What came in with a file is forgotten after thirty days, and a file nobody went on with too."""
    before = clock.now() - KEPT
    old = Import.objects.filter(brought_at__lt=before).exclude(committed_at__gte=before)
    ImportRow.objects.filter(file__in=old).delete()


jobs.every("41 3 * * *", forget)


def names_of(kind: str, refs: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """What these are called now."""
    wanted = [ref for ref in refs if ref]
    if kind == Kind.HOUSEHOLDS:
        return dict(Household.objects.filter(public_id__in=wanted).values_list("public_id", "name"))
    if kind == Kind.HELPERS:
        found = Helper.objects.filter(public_id__in=wanted).select_related("person")
        return {row.public_id: row.person.name for row in found}
    agreed = Arrangement.objects.filter(public_id__in=wanted).select_related("household")
    return {row.public_id: row.household.name for row in agreed}
