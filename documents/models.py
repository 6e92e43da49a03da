"""Files deposited, templates with their versions, and documents issued: rows that are never deleted."""

import hashlib
import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.enums import DocumentKind, DocumentStatus, MatchedBy, UploadKind, Verdict, Visibility
from documents.findings import label_of
from documents.scoping import CopyCheckQuerySet, IssuedDocumentQuerySet, SealQuerySet, UploadQuerySet

# No vowel (no word), nothing that reads like something else: 16 characters of 28 are 76 bits.
CODE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
CODE_GROUPS, CODE_GROUP_LENGTH = 4, 4
#: What a document says of itself when no worker will try to prepare it again.
GIVEN_UP = (
    "Le document n’a pas pu être préparé après plusieurs essais. Son contenu est gardé : demandez un nouvel essai, ou "
    "signalez-le au support."
)
SHA256_HEX = r"^[0-9a-f]{64}$"


def new_verification_code() -> str:
    """Draw the unguessable code printed at the foot of a document: `K7QX-…`."""
    return "-".join(
        "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_GROUP_LENGTH)) for _ in range(CODE_GROUPS)
    )


def upload_path(_instance: models.Model, _name: str) -> str:
    """Store by a random name: nothing of the sender’s file name reaches the disk."""
    name = uuid.uuid4().hex
    return f"uploads/{name[:2]}/{name}"


def document_path(_instance: models.Model, _name: str) -> str:
    """Store issued bytes under a random name."""
    name = uuid.uuid4().hex
    return f"issued/{name[:2]}/{name}.pdf"


class Upload(models.Model):
    """A file that somebody deposited, recognised by its bytes."""

    file = models.FileField("fichier", upload_to=upload_path, max_length=200)
    original_name = models.CharField("nom d’origine", max_length=255)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    kind = models.CharField("nature", max_length=32, choices=UploadKind.choices)
    visibility = models.CharField("visibilité", max_length=16, choices=Visibility.choices, default=Visibility.SHARED)
    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, blank=True, related_name="uploads", verbose_name="dossier"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="uploads", verbose_name="organisation"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads", verbose_name="déposé par"
    )
    uploaded_at = models.DateTimeField("déposé le")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce déposée"
        verbose_name_plural = "pièces déposées"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256_HEX), name="upload_sha256_is_hexadecimal"),
            models.CheckConstraint(condition=Q(kind__in=UploadKind.values), name="upload_kind_is_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="upload_visibility_is_known"),
        ]

    def __str__(self) -> str:
        return self.original_name


class DocumentTemplate(models.Model):
    """The model of one kind of document, which the ministry edits."""

    kind = models.CharField("nature", max_length=32, choices=DocumentKind.choices, unique=True)
    title = models.CharField("titre", max_length=200)

    class Meta:
        verbose_name = "modèle de document"
        verbose_name_plural = "modèles de document"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="template_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.title


class TemplateVersion(models.Model):
    """One version of a template; once published it never changes."""

    template = models.ForeignKey(DocumentTemplate, models.PROTECT, related_name="versions", verbose_name="modèle")
    number = models.PositiveIntegerField("numéro")
    published_at = models.DateTimeField("publiée le", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="créée par"
    )

    class Meta:
        verbose_name = "version de modèle"
        verbose_name_plural = "versions de modèle"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_is_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="template_version_starts_at_one"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(published_at__isnull=True), name="template_has_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class TemplateArticle(models.Model):
    """One article of a version: a title, a body with merge fields, and when it applies."""

    # An unpublished version may be thrown away with its articles; a published one is protected by its documents.
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="articles", verbose_name="version")
    rank = models.PositiveIntegerField("rang")
    key = models.SlugField("clé", max_length=60)
    title = models.CharField("titre", max_length=200, blank=True)
    body = models.TextField("texte")
    condition = models.CharField("condition", max_length=60, blank=True)

    class Meta:
        verbose_name = "article"
        verbose_name_plural = "articles"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "rank"], name="article_rank_is_unique"),
            models.UniqueConstraint(fields=["version", "key"], name="article_key_is_unique"),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        """How the editor names it: its title, or what its key says (« Visas »)."""
        return self.title or self.key.replace("_", " ").capitalize()

    @property
    def mark(self) -> str:
        """What tells this text from another one, to find out that it changed since it was read."""
        return hashlib.sha256(f"{self.title}\n{self.condition}\n{self.body}".encode()).hexdigest()[:16]


class IssuedDocument(models.Model):
    """A document issued once: frozen data, the version of its template, its bytes and their hash."""

    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="dossier"
    )
    kind = models.CharField("nature", max_length=32, choices=DocumentKind.choices)
    number = models.PositiveIntegerField("numéro")
    subject_id = models.PositiveBigIntegerField("objet", null=True, blank=True)
    is_draft = models.BooleanField("version de travail", default=False)
    data = models.JSONField("données")
    data_sha256 = models.CharField("empreinte des données", max_length=64)
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="modèle"
    )
    verification_code = models.CharField(
        "code de vérification", max_length=24, unique=True, default=new_verification_code
    )
    status = models.CharField("état", max_length=16, choices=DocumentStatus.choices, default=DocumentStatus.PENDING)
    progress = models.PositiveSmallIntegerField("avancement", default=0)
    error = models.CharField("erreur", max_length=500, blank=True)
    content = models.FileField("contenu", upload_to=document_path, max_length=200, blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("taille en octets", null=True, blank=True)
    page_count = models.PositiveIntegerField("nombre de pages", null=True, blank=True)
    created_at = models.DateTimeField("émis le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="émis par"
    )
    ready_at = models.DateTimeField("disponible le", null=True, blank=True)
    superseded_at = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document émis"
        verbose_name_plural = "documents émis"
        indexes: ClassVar = [models.Index(fields=["contract", "kind"], name="issued_by_contract_and_kind")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "kind", "is_draft", "number"], name="issued_number_is_unique"),
            models.UniqueConstraint(
                fields=["contract", "kind"],
                condition=Q(kind=DocumentKind.CONTRACT, is_draft=False, superseded_at__isnull=True),
                name="issued_contract_has_one_current_version",
            ),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="issued_kind_is_known"),
            models.CheckConstraint(condition=Q(status__in=DocumentStatus.values), name="issued_status_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="issued_number_starts_at_one"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="issued_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(data_sha256__regex=SHA256_HEX), name="issued_data_sha256_is_hexadecimal"
            ),
            models.CheckConstraint(
                condition=Q(
                    Q(status=DocumentStatus.READY, sha256__regex=SHA256_HEX, size__gt=0, page_count__gt=0)
                    & Q(progress=100, ready_at__isnull=False, error="")
                    & ~Q(content="")
                )
                | Q(
                    ~Q(status=DocumentStatus.READY)
                    & Q(sha256="", content="", size__isnull=True, page_count__isnull=True, ready_at__isnull=True)
                ),
                name="issued_is_ready_with_its_bytes_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} n° {self.number}"

    @property
    def is_given_up(self) -> bool:
        """Whether nobody will try to prepare it again, unless asked to."""
        return self.status == DocumentStatus.FAILED and self.error == GIVEN_UP

    @property
    def sealed_copy(self) -> "Seal | None":
        """Its sealed copy, if any; read with it (`select_related("seal")`)."""
        return getattr(self, "seal", None)


class CopyCheck(models.Model):
    """What the portal found in a signed copy, bound to the bytes of the version; a refused copy is not kept."""

    upload = models.OneToOneField(Upload, models.PROTECT, related_name="check_made", verbose_name="exemplaire")
    document = models.ForeignKey(IssuedDocument, models.PROTECT, related_name="checks", verbose_name="version")
    document_sha256 = models.CharField("empreinte de la version", max_length=64)
    verdict = models.CharField("verdict", max_length=16, choices=Verdict.choices)
    matched_by = models.CharField("rapproché par", max_length=16, choices=MatchedBy.choices)
    sentences = models.JSONField("motifs")
    signatures = models.JSONField("signatures électroniques", default=list)
    checked_at = models.DateTimeField("examiné le")

    objects = CopyCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "examen d’un exemplaire signé"
        verbose_name_plural = "examens d’exemplaires signés"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict__in=[Verdict.VERIFIED, Verdict.UNVERIFIABLE]), name="copy_check_is_of_a_copy_kept"
            ),
            models.CheckConstraint(condition=Q(matched_by__in=MatchedBy.values), name="copy_check_match_is_known"),
            models.CheckConstraint(
                condition=Q(document_sha256__regex=SHA256_HEX), name="copy_check_sha256_is_hexadecimal"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The verdict in words."""
        return label_of(self.verdict, electronic=bool(self.signatures))


class Seal(models.Model):
    """The sealed copy of a version that every party signed: one more file, which replaces nothing."""

    document = models.OneToOneField(IssuedDocument, models.PROTECT, related_name="seal", verbose_name="version")
    content = models.FileField("contenu", upload_to=document_path, max_length=200)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("taille en octets")
    source_sha256 = models.CharField("empreinte du fichier scellé", max_length=64)
    sealed_at = models.DateTimeField("scellé le")

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "exemplaire scellé"
        verbose_name_plural = "exemplaires scellés"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=SHA256_HEX, source_sha256__regex=SHA256_HEX),
                name="seal_sha256_are_hexadecimal",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="seal_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"exemplaire scellé de la version {self.document_id}"
