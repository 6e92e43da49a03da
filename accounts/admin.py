"""The technical administration: business rows are read there, never written, and by superusers alone."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import (
    AccessRequest,
    Delegation,
    Invitation,
    Membership,
    Organisation,
    OrganisationService,
    User,
)
from ctai.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email", "pk")
    exclude = ("password",)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "departement", "region")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    list_select_related = ("departement", "region")


@admin.register(OrganisationService)
class OrganisationServiceAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "organisation")
    search_fields = ("name",)
    ordering = ("name", "pk")
    list_select_related = ("organisation",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organisation", "role", "started_at", "ended_at")
    list_filter = ("role",)
    search_fields = ("user__email", "organisation__name")
    ordering = ("-started_at", "-pk")
    list_select_related = ("user", "organisation")


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("holder_name", "organisation", "reference", "starts_on", "ends_on", "revoked_on")
    search_fields = ("holder_name", "organisation__name")
    ordering = ("-starts_on", "-pk")
    list_select_related = ("organisation",)


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnlyAdmin):
    list_display = ("email", "routed_to", "role", "status", "created_at")
    list_filter = ("status",)
    ordering = ("-created_at", "-pk")
    list_select_related = ("routed_to",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organisation", "role", "created_at", "accepted_at")
    ordering = ("-created_at", "-pk")
    list_select_related = ("organisation",)
    exclude = ("token",)
