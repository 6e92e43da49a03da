"""What the two sides say to each other on a file, and the mails that the portal sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.enums import Side
from accounts.scoping import ScopedQuerySet
from exchanges.enums import Anchor, MailStatus, MeetingMode, RemarkStatus

if TYPE_CHECKING:
    from accounts.actors import Actor

SIDE_CHOICES = [(Side.LOCAL.value, Side.LOCAL.label), (Side.STATE.value, Side.STATE.label)]


class Meeting(models.Model):
    """A meeting between the services, its minutes, and what was decided."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField("date")
    mode = models.CharField("forme", max_length=10, choices=MeetingMode.choices, default=MeetingMode.ON_SITE)
    place = models.CharField("lieu", max_length=200, blank=True)
    subject = models.CharField("objet", max_length=200)
    agenda = models.TextField("ordre du jour", max_length=5000, blank=True)
    minutes = models.TextField("compte rendu", max_length=20000, blank=True)
    minutes_version = models.PositiveSmallIntegerField(default=0)
    minutes_sent_at = models.DateTimeField(null=True, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.subject


class MeetingParticipant(models.Model):
    """Someone who took part, with organisation and function."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")  # a part of it
    name = models.CharField("nom", max_length=160)
    organisation = models.CharField("organisme", max_length=200)
    title = models.CharField("fonction", max_length=160, blank=True)

    def __str__(self) -> str:
        return self.name


class MeetingDecision(models.Model):
    """What was decided, who does it, by when."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")  # a part of it
    text = models.CharField("décision", max_length=500)
    owner = models.CharField("à la charge de", max_length=160, blank=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.text


class MinutesApproval(models.Model):
    """One side approves one version of the minutes."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="approvals")
    version = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=SIDE_CHOICES)
    approved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version", "side"], name="minutes_approved_once_per_side"),
            models.CheckConstraint(condition=Q(side__in=["local", "state"]), name="minutes_approval_side"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.side}"


class Message(models.Model):
    """A message that both sides read."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="messages")
    body = models.TextField("message", max_length=5000)
    side = models.CharField(max_length=8, choices=SIDE_CHOICES)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    expects_reply = models.BooleanField("réponse attendue", default=False)
    sent_at = models.DateTimeField()
    attachment = models.ForeignKey(
        "documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.contract_id} {self.sent_at:%Y-%m-%d}"


class InternalNoteQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor | None) -> Self:
        """Keep the notes of one's own organisation alone: neither the other side nor the ministry reads them."""
        if actor is None:
            return self.none()
        return super().visible_to(actor).filter(organisation=actor.organisation.pk)


class InternalNote(models.Model):
    """A note for one's own organisation; not shown to the other party, possibly communicable by law (CRPA L.311-1)."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="notes")
    body = models.TextField("note", max_length=5000)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = InternalNoteQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.contract_id} {self.written_at:%Y-%m-%d}"


class Remark(models.Model):
    """A remark anchored to a place of the file: open, answered, resolved."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="remarks")
    anchor = models.CharField("porte sur", max_length=10, choices=Anchor.choices, default=Anchor.FILE)
    anchor_id = models.BigIntegerField(null=True, blank=True)
    anchor_label = models.CharField(max_length=200, blank=True)
    body = models.TextField("remarque", max_length=3000)
    side = models.CharField(max_length=8, choices=SIDE_CHOICES)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expects_reply = models.BooleanField("réponse attendue", default=False)
    status = models.CharField(max_length=8, choices=RemarkStatus.choices, default=RemarkStatus.OPEN)
    answer = models.TextField("réponse", max_length=3000, blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", resolved_at__isnull=True)
                | Q(status="answered", answered_at__isnull=False, resolved_at__isnull=True)
                | Q(status="resolved", resolved_at__isnull=False),
                name="remark_status_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(anchor__in=["file", "request"]) | Q(anchor_id__isnull=False), name="remark_has_its_anchor"
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Justification(models.Model):
    """Why what a coherence rule found is right all the same, while it reads the same; append-only."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="justifications")
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    finding = models.CharField("constat", max_length=1000)
    note = models.TextField("justification", max_length=2000)
    side = models.CharField(max_length=8)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="justification_says_why"),
            models.CheckConstraint(condition=Q(side__in=["local", "state"]), name="justification_side"),
        ]
        indexes = [models.Index(fields=["contract", "rule", "subject"], name="justification_of_finding")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.rule} {self.subject}"


class PieceRequest(models.Model):
    """A missing document asked for (demande de complément), distinct from a correction of content."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="piece_requests")
    label = models.CharField("pièce demandée", max_length=200)
    details = models.TextField("précisions", max_length=2000, blank=True)
    due_on = models.DateField("à fournir avant le", null=True, blank=True)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    upload = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    provided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(upload__isnull=True, provided_at__isnull=True)
                | Q(upload__isnull=False, provided_at__isnull=False),
                name="piece_provided_has_its_file",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Mail(models.Model):
    """A mail, written in the transaction of what it tells and delivered after commit."""

    message_id = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    contract = models.ForeignKey(
        "contracts.Contract", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=8, choices=MailStatus.choices, default=MailStatus.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", sent_at__isnull=True) | Q(status="sent", sent_at__isnull=False),
                name="mail_sent_has_its_date",
            )
        ]
        indexes = [models.Index(fields=["-created_at"], name="mail_latest")]

    def __str__(self) -> str:
        return self.subject
