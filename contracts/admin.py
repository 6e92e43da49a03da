"""The files and what belongs to them, for reading."""

from django.contrib import admin

from contracts.models import (
    Assessment,
    AssociatedService,
    Contract,
    ContractWording,
    CoSignatory,
    Deliberation,
    Letter,
    NamedAct,
    Opinion,
    Rectification,
    RectificationAcceptance,
    ReferenceCounter,
    Scenario,
    ScenarioAmount,
    Signature,
    SpecialClause,
)
from ctai.admin import ReadOnlyAdmin


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("reference", "porteur", "state", "origin", "lead_service", "turn", "last_event_at")
    list_filter = ("state", "origin", "turn")
    search_fields = ("reference", "draft_reference", "porteur__name")
    ordering = ("-last_event_at", "-pk")
    list_select_related = ("porteur", "lead_service")


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ("contract", "signatory_name", "starts_on", "months")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(CoSignatory)
class CoSignatoryAdmin(ReadOnlyAdmin):
    list_display = ("contract", "authority", "may_write", "joined_at", "left_at")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract", "authority")


@admin.register(AssociatedService)
class AssociatedServiceAdmin(ReadOnlyAdmin):
    list_display = ("contract", "organisation", "added_at")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract", "organisation")


@admin.register(NamedAct)
class NamedActAdmin(ReadOnlyAdmin):
    list_display = ("contract", "transition", "person_name", "person_title", "acted_on", "mode")
    list_filter = ("transition", "mode")
    search_fields = ("contract__reference", "person_name")
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Deliberation)
class DeliberationAdmin(ReadOnlyAdmin):
    list_display = ("number", "contract", "authority", "voted_on", "published_on", "transmitted_on")
    search_fields = ("contract__reference", "number")
    ordering = ("-pk",)
    list_select_related = ("contract", "authority")


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("contract", "signatory_name", "signed_on", "mode", "voided_at")
    search_fields = ("contract__reference", "signatory_name")
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyAdmin):
    list_display = ("service", "contract", "asked_at", "due_on", "given_on", "verdict")
    search_fields = ("contract__reference", "service")
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(ReferenceCounter)
class ReferenceCounterAdmin(ReadOnlyAdmin):
    list_display = ("year", "territory", "last")
    list_filter = ("year",)
    ordering = ("-year", "territory")


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    list_display = ("contract", "criterion", "grade", "recorded_at")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract", "criterion")


@admin.register(ContractWording)
class ContractWordingAdmin(ReadOnlyAdmin):
    list_display = ("contract", "representative", "written_by", "written_at")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract", "written_by")


@admin.register(SpecialClause)
class SpecialClauseAdmin(ReadOnlyAdmin):
    list_display = ("contract", "rank", "title", "written_at")
    search_fields = ("contract__reference", "title")
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Rectification)
class RectificationAdmin(ReadOnlyAdmin):
    list_display = ("contract", "number", "place", "proposed_at", "accepted_at", "withdrawn_at")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(RectificationAcceptance)
class RectificationAcceptanceAdmin(ReadOnlyAdmin):
    list_display = ("rectification", "person_name", "accepted_on", "mode")
    ordering = ("-pk",)
    list_select_related = ("rectification",)


@admin.register(Scenario)
class ScenarioAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "year", "name", "saved_at", "applied_at")
    ordering = ("-saved_at", "-pk")
    list_select_related = ("organisation",)


@admin.register(ScenarioAmount)
class ScenarioAmountAdmin(ReadOnlyAdmin):
    list_display = ("scenario", "action", "amount")
    ordering = ("-pk",)
    list_select_related = ("scenario", "action")
