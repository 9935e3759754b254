"""The plumbing every app stands on: organisation, login, journal, audit, outbox, files, live events, links."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from samen.base.schema import Owned, kept, reference


class Organisation(models.Model):
    """An agency or care organisation: the tenant.  Everything else belongs to exactly one."""

    class HouseholdWord(models.TextChoices):
        """What an organisation calls those it helps."""

        HOUSEHOLD = "HOUSEHOLD"
        CUSTOMER = "CUSTOMER"
        CLIENT = "CLIENT"

    class HelperWord(models.TextChoices):
        """What it calls those who help."""

        HELPER = "HELPER"
        HOME_HELP = "HOME_HELP"
        WORKER = "WORKER"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    is_maker = models.BooleanField(default=False)
    practice_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    household_word = models.CharField(max_length=12, choices=HouseholdWord, db_default=HouseholdWord.HOUSEHOLD)
    helper_word = models.CharField(max_length=12, choices=HelperWord, db_default=HelperWord.HELPER)


class LoginManager(BaseUserManager["Login"]):
    """Makes logins; there is no superuser, because nobody stands above the organisations."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Login":
        """A login that can sign in with this password, or by a code to this address alone."""
        login = self.model(email=self.normalize_email(email).lower(), **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login


class Login(AbstractBaseUser):
    """An address that can sign in.  It has no name: names live on the colleague, inside the organisation."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar[LoginManager] = LoginManager()


class ActorKind(models.TextChoices):
    """Who did something."""

    COLLEAGUE = "COLLEAGUE"
    PERSON = "PERSON"
    LINK = "LINK"
    SYSTEM = "SYSTEM"


class JournalLine(Owned):
    """Something that happened, as a key and soft ids: rendered in the reader's language, true after erasure."""

    fact = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_ref = models.UUIDField(null=True)
    at = models.DateTimeField()
    params = models.JSONField(default=dict)

    class Meta:
        constraints = [*Owned.Meta.constraints]
        indexes = [models.Index(fields=["org", "at"], name="journal_by_time")]


class JournalSubject(Owned):
    """Whom or what a journal line is about."""

    line = reference(JournalLine, related_name="subjects")
    kind = models.CharField(max_length=20)
    ref = models.UUIDField()

    class Meta:
        constraints = [*Owned.Meta.constraints, *kept("journalsubject", {"line": "base.JournalLine"})]
        indexes = [models.Index(fields=["org", "kind", "ref", "line"], name="journal_by_subject")]


class Audit(models.Model):
    """Who saw or changed whose file (NEN 7513): written by the database's own function, never changed.

    The table is made in SQL, partitioned by month; this class only reads it.
    """

    id = models.BigIntegerField(primary_key=True)
    org = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, related_name="+")
    public_id = models.UUIDField()
    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=10)
    actor_ref = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=20)
    subject_ref = models.UUIDField()
    entrance = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    row_hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "base_audit"


class Channel(models.TextChoices):
    """How word reaches somebody."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class OutboxMessage(Owned):
    """Word that must leave: written with its cause in one transaction, sent afterwards, once per cause."""

    class State(models.TextChoices):
        QUEUED = "QUEUED"
        SENT = "SENT"
        CANCELLED = "CANCELLED"
        FAILED = "FAILED"

    cause_kind = models.CharField(max_length=30)
    cause_ref = models.UUIDField()
    recipient_ref = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel)
    address_sealed = models.BinaryField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    send_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=["org", "cause_kind", "cause_ref", "recipient_ref", "channel"],
                name="outbox_once_per_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["org", "send_after"], condition=models.Q(state="QUEUED"), name="outbox_due"),
        ]


class Delivery(Owned):
    """One attempt to send.  Started and never finished: a kill came between, so it was possibly sent twice."""

    class Result(models.TextChoices):
        UNDER_WAY = ""
        SENT = "SENT"
        FAILED = "FAILED"
        UNKNOWN = "UNKNOWN"

    outbox = reference(OutboxMessage, related_name="deliveries")
    attempt = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=10, choices=Result, blank=True, default=Result.UNDER_WAY)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("delivery", {"outbox": "base.OutboxMessage"}),
            models.UniqueConstraint(fields=["org", "outbox", "attempt"], name="one_delivery_per_attempt"),
        ]


class MessageText(Owned):
    """An organisation's own wording of a message that Samen writes; each change is a new version, none is lost."""

    key = models.CharField(max_length=30)
    language = models.CharField(max_length=5)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "key", "language", "version"], name="one_text_per_version"),
            models.UniqueConstraint(
                fields=["org", "key", "language"], condition=models.Q(replaced_at=None), name="one_text_in_force"
            ),
        ]


class Sender(Owned):
    """In whose name the mails of an organisation go, and where an answer arrives."""

    from_name = models.CharField(max_length=100, blank=True)
    reply_to = models.EmailField(blank=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org"], name="one_sender"),
        ]


class Letter(Owned):
    """A mail or text message as it reached the demo's sink, which keeps one per key however often it is handed over."""

    key = models.UUIDField()
    recipient_ref = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    received_at = models.DateTimeField()
    handed_over = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "key"], name="one_letter_per_key"),
        ]
        indexes = [models.Index(fields=["org", "-received_at"], name="letter_by_time")]


class Blob(Owned):
    """The content of a file, once per organisation."""

    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "sha256"], name="one_blob_per_content"),
        ]


class BlobChunk(Owned):
    """A piece of a file's content."""

    blob = reference(Blob, related_name="chunks")
    no = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            *kept("blobchunk", {"blob": "base.Blob"}),
            models.UniqueConstraint(fields=["org", "blob", "no"], name="one_chunk_per_number"),
        ]


class LiveEvent(Owned):
    """Something on a team's screens changed.  Numbered without holes per topic, so a reader can catch up."""

    topic = models.UUIDField()
    seq = models.BigIntegerField()

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "topic", "seq"], name="live_without_doubles"),
        ]
        indexes = [models.Index(fields=["org", "created_at"], name="live_by_age")]


class Link(Owned):
    """An entrance for somebody without a login.  The token is made from the public id; only its hash is kept."""

    class Purpose(models.TextChoices):
        HELPER = "HELPER"
        HOUSEHOLD = "HOUSEHOLD"
        OFFER = "OFFER"
        FEED = "FEED"
        FEED_FULL = "FEED_FULL"

    hash = models.BinaryField()
    purpose = models.CharField(max_length=10, choices=Purpose)
    person_ref = models.UUIDField()
    object_ref = models.UUIDField()
    object_version = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["org", "hash"], name="one_link_per_hash"),
            models.UniqueConstraint(
                fields=["org", "purpose", "object_ref", "person_ref", "object_version"],
                name="one_link_per_purpose",
            ),
        ]
        # The door looks a link up before any organisation is known.
        indexes = [models.Index(fields=["hash"], name="link_door")]


class ClockOffset(models.Model):
    """How far Samen's clock is ahead of the server's: zero in production, moved by tests and the demo."""

    the_one = models.BooleanField(primary_key=True, default=True)
    ahead = models.DurationField()

    class Meta:
        managed = False
        db_table = "clock_offset"
