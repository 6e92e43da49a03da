"""Actions, budgets, envelopes and the ledger, for reading."""

from django.contrib import admin

from ctai.admin import ReadOnlyAdmin
from funding.models import (
    Action,
    Allocation,
    BudgetLine,
    Envelope,
    Expenditure,
    FundingRequest,
    Movement,
    Payee,
    Tranche,
    TrancheAmount,
    YearAmount,
)


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ("contract", "number", "title", "axis", "decision")
    list_filter = ("decision", "axis")
    search_fields = ("contract__reference", "title")
    ordering = ("-pk",)
    list_select_related = ("contract", "axis")


@admin.register(BudgetLine)
class BudgetLineAdmin(ReadOnlyAdmin):
    list_display = ("action", "year", "side", "account", "funder", "amount")
    list_filter = ("year", "side", "account")
    search_fields = ("action__contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("action",)


@admin.register(Payee)
class PayeeAdmin(ReadOnlyAdmin):
    list_display = ("contract", "holder", "siret", "recorded_at")
    exclude = ("iban",)
    search_fields = ("contract__reference", "siret")
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(YearAmount)
class YearAmountAdmin(ReadOnlyAdmin):
    list_display = ("action", "year", "requested", "proposed", "granted", "committed", "paid")
    list_filter = ("year",)
    search_fields = ("action__contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("action",)


@admin.register(FundingRequest)
class FundingRequestAdmin(ReadOnlyAdmin):
    list_display = ("contract", "year", "amount", "submitted_at")
    list_filter = ("year",)
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Envelope)
class EnvelopeAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "campaign", "allotted", "distributed", "taken")
    list_filter = ("campaign",)
    search_fields = ("organisation__name",)
    ordering = ("-campaign__year", "organisation__name", "pk")
    list_select_related = ("organisation", "campaign")


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("envelope", "source", "amount", "reason", "recorded_at")
    ordering = ("-recorded_at", "-pk")
    list_select_related = ("envelope__organisation", "envelope__campaign", "source__organisation", "source__campaign")


@admin.register(Movement)
class MovementAdmin(ReadOnlyAdmin):
    list_display = ("contract", "action", "year", "stage", "amount", "recorded_at", "effective_on")
    list_filter = ("stage", "year")
    search_fields = ("contract__reference", "beneficiary_name", "beneficiary_siret")
    ordering = ("-recorded_at", "-pk")
    list_select_related = ("contract", "action")


@admin.register(Tranche)
class TrancheAdmin(ReadOnlyAdmin):
    list_display = ("contract", "year", "confirmed_at", "withdrawn_at")
    list_filter = ("year",)
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(TrancheAmount)
class TrancheAmountAdmin(ReadOnlyAdmin):
    list_display = ("tranche", "action", "promised", "amount")
    ordering = ("-pk",)
    list_select_related = ("tranche", "action")


@admin.register(Expenditure)
class ExpenditureAdmin(ReadOnlyAdmin):
    list_display = ("contract", "year", "kind", "beneficiary_name", "chorus_number", "amount", "day")
    list_filter = ("kind", "year")
    search_fields = ("contract__reference", "chorus_number", "beneficiary_name", "beneficiary_siret")
    ordering = ("-recorded_at", "-pk")
    list_select_related = ("contract",)
