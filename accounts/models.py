"""People, the organisations they act for, and the powers these have given."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.enums import AccessRequestStatus, DelegationKind, OrganisationKind, ServiceKind
from accounts.roles import Role


def clean_email(email: str) -> str:
    """Return the one spelling under which an e-mail address is stored."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who signs in with this e-mail address; without password, none will work."""
        user = self.model(email=clean_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a technical administrator of the Django admin; no business right comes with it."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=clean_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person; what they may do comes from their memberships alone."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l’administration technique", default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = "personne"
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lowercase")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Organisation(models.Model):
    """Whoever files belong to: a local authority, a préfecture, a central administration."""

    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    name = models.CharField("nom", max_length=200)
    local_authority = models.OneToOneField(
        "territories.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="organisation"
    )
    departement = models.ForeignKey("territories.Departement", null=True, blank=True, on_delete=models.PROTECT)
    region = models.ForeignKey("territories.Region", null=True, blank=True, on_delete=models.PROTECT)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    address = models.TextField("adresse", max_length=500, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="local", local_authority__isnull=False)
                | Q(kind="prefecture", local_authority__isnull=True, departement__isnull=False)
                | Q(kind="regional", local_authority__isnull=True, region__isnull=False, departement__isnull=True)
                | Q(kind__in=["national", "support"], local_authority__isnull=True),
                name="organisation_kind_has_its_territory",
            ),
            models.UniqueConstraint(
                fields=["departement"], condition=Q(kind="prefecture"), name="one_prefecture_per_departement"
            ),
            models.UniqueConstraint(
                fields=["region"], condition=Q(kind="regional"), name="one_regional_prefecture_per_region"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_state(self) -> bool:
        return self.kind in (OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL)


class OrganisationLogo(models.Model):
    """The logo of a collectivité, as `ctai.pictures` drew it again; documents freeze a copy of it in their data."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="logo")
    content = models.BinaryField("image PNG")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    width = models.PositiveSmallIntegerField("largeur en pixels")
    height = models.PositiveSmallIntegerField("hauteur en pixels")
    deposited_at = models.DateTimeField("déposé le")
    deposited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="déposé par")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(width__range=(1, 600), height__range=(1, 300)), name="logo_is_bounded")
        ]

    def __str__(self) -> str:
        return f"logo de {self.organisation_id}"


class OrganisationService(models.Model):
    """A service of an organisation, with its own contact: sous-préfecture, DDETS."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    kind = models.CharField("nature", max_length=20, choices=ServiceKind.choices)
    name = models.CharField("nom", max_length=200)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    address = models.TextField("adresse", max_length=500, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    contact_name = models.CharField("personne à joindre", max_length=160, blank=True)
    shown_on_files = models.BooleanField("afficher sur les dossiers", default=True)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Keep the memberships that have not ended, of people who were not suspended."""
        return self.filter(ended_at__isnull=True, user__is_active=True)


class Membership(models.Model):
    """A person acts for an organisation, in one role; ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("rôle", max_length=24, choices=Role.choices)
    title = models.CharField("fonction", max_length=160, blank=True)
    in_title = models.BooleanField(
        "exerce la fonction exécutive",
        default=False,
        help_text="Maire, président, préfet : signe de plein droit, sans délégation.",
    )
    manages_people = models.BooleanField("gère les personnes de l’organisation", default=False)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="one_current_membership_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(in_title=False) | Q(role__in=["local_signatory", "state_signatory"]),
                name="only_signatories_hold_the_executive_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} — {self.organisation}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def valid_on(self, day: Any) -> DelegationQuerySet:
        """Keep the delegations in force on a day: begun, published, not ended, not revoked."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=day),
            starts_on__lte=day,
            published_on__lte=day,
        )


class Delegation(models.Model):
    """A power to decide or sign given to a named holder by a published act (arrêté, RAA)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegations")
    kind = models.CharField("nature", max_length=12, choices=DelegationKind.choices, default=DelegationKind.DELEGATION)
    holder_name = models.CharField("titulaire", max_length=160)
    holder_title = models.CharField("qualité du titulaire", max_length=160)
    holder = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="delegations", verbose_name="compte"
    )
    covers_send = models.BooleanField("envoyer et déposer", default=False)
    covers_decide = models.BooleanField("décider", default=False)
    covers_sign = models.BooleanField("signer le contrat", default=False)
    territory = models.CharField("territoire couvert", max_length=200, blank=True)
    reference = models.CharField("référence de l’arrêté", max_length=120)
    starts_on = models.DateField("à compter du")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    published_on = models.DateField("publié le")
    act = models.ForeignKey("documents.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_on = models.DateField("abrogée le", null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="delegation_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(covers_send=True) | Q(covers_decide=True) | Q(covers_sign=True),
                name="delegation_covers_an_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_name}, {self.holder_title} ({self.reference})"


class AccessRequest(models.Model):
    """A person asks to act for an organisation; answered by the préfecture, or by the support."""

    local_authority = models.ForeignKey(
        "territories.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    routed_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_requests")
    email = models.EmailField("adresse électronique professionnelle")
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    title = models.CharField("fonction", max_length=160)
    role = models.CharField("rôle demandé", max_length=24, choices=Role.choices)
    in_title = models.BooleanField(default=False)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    message = models.TextField("précisions", max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=AccessRequestStatus.choices, default=AccessRequestStatus.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("motif", max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(local_authority__isnull=False, organisation__isnull=True)
                | Q(local_authority__isnull=True, organisation__isnull=False),
                name="access_request_names_one_organisation",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True, decided_by__isnull=True)
                | Q(status__in=["accepted", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="access_request_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Invitation(models.Model):
    """An organisation invites a person by e-mail; the link works once and for a time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=24, choices=Role.choices)
    title = models.CharField("fonction", max_length=160, blank=True)
    in_title = models.BooleanField(default=False)
    manages_people = models.BooleanField("gère les personnes de l’organisation", default=False)
    token = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.email
