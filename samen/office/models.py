"""What came in with a file and can still be taken back, how its columns were understood, and what went out."""

from django.db import models

from samen.base.models import Blob
from samen.base.schema import Owned, kept, reference
from samen.office.mapping import Kind


class Import(Owned):
    """A file that somebody brought: its rows wait, were taken over, or were taken back."""

    class State(models.TextChoices):
        MAPPING = "MAPPING"  # which column is what is asked
        JUDGING = "JUDGING"  # every row is looked at, nothing is written
        JUDGED = "JUDGED"  # what would happen is shown
        COMMITTING = "COMMITTING"
        COMMITTED = "COMMITTED"
        UNDOING = "UNDOING"
        UNDONE = "UNDONE"
        DISCARDED = "DISCARDED"

    kind = models.CharField(max_length=12, choices=Kind)
    file_name = models.CharField(max_length=120)
    header = models.JSONField(default=list)
    left_out = models.JSONField(default=list)  # names of columns of which nothing was kept
    other_sheets = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(default=dict)  # key of a field -> place of a column
    team = reference("teams.Team", null=True)  # for rows that name none and whose postcode nobody serves
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    row_count = models.PositiveIntegerField(default=0)
    judged_count = models.PositiveIntegerField(default=0)
    changed_meanwhile = models.BooleanField(default=False)
    by_ref = models.UUIDField(null=True)
    brought_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [*Owned.Meta.constraints, *kept("import", {"team": "teams.Team"})]
        indexes = [models.Index(fields=["org", "-brought_at"], name="import_by_time")]


class ImportRow(Owned):
    """One row of a file: what stands in it, what is thought of it, and how things stood before it was taken over."""

    class Verdict(models.TextChoices):
        NEW = "NEW"
        CHANGED = "CHANGED"
        UNCHANGED = "UNCHANGED"
        WRONG = "WRONG"
        ASK = "ASK"  # perhaps somebody we know: a colleague says so

    class Answer(models.TextChoices):
        NEW = "NEW"
        SAME = "SAME"

    file = reference(Import, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    faults = models.JSONField(default=list)
    alike = models.JSONField(default=list)  # whom it may be: references and names
    changes = models.JSONField(default=list)  # fields, with what stands there and what would
    answer = models.CharField(max_length=4, choices=Answer, blank=True)
    target_ref = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    after_hash = models.CharField(max_length=64, blank=True)
    kept_back = models.BooleanField(default=False)  # changed since, so it stayed when the rest was taken back

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("importrow", {"file": "office.Import"}),
            models.UniqueConstraint(fields=["org", "file", "number"], name="one_row_per_number"),
        ]


class Mapping(Owned):
    """How an organisation understands files with these names of columns: remembered from the last time."""

    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)  # name of a column -> key of a field

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "kind", "key"], name="one_mapping_per_header"),
        ]


class Export(Owned):
    """Everything of an organisation in one file, for some days."""

    class State(models.TextChoices):
        MAKING = "MAKING"
        READY = "READY"
        FORGOTTEN = "FORGOTTEN"

    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    by_ref = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    table_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    blob = reference(Blob, null=True)

    class Meta:
        constraints = [*Owned.Meta.constraints, *kept("export", {"blob": "base.Blob"})]
        indexes = [models.Index(fields=["org", "-asked_at"], name="export_by_time")]


class Split(Owned):
    """Postcodes went from one region to another, and with them whom it says here, so that it can be undone."""

    source = reference("teams.Region")
    target = reference("teams.Region")
    team = reference("teams.Team")  # to which everybody went
    spans = models.JSONField()  # first and last postcode of each stretch that lay in the source
    unserved = models.JSONField()  # the same of those that lay nowhere
    households = models.JSONField()  # number -> number of the team it was of
    helpers = models.JSONField()
    colleagues = models.JSONField()
    by_ref = models.UUIDField(null=True)
    split_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("split", {"source": "teams.Region", "target": "teams.Region", "team": "teams.Team"}),
        ]
        indexes = [models.Index(fields=["org", "source"], name="split_of_region")]
