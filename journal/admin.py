"""What happened and what must follow, for reading."""

from django.contrib import admin

from ctai.admin import ReadOnlyAdmin
from journal.models import Effect, Event, JournalHead, StateSpan


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("sequence", "at", "kind", "contract", "actor", "role")
    list_filter = ("kind",)
    search_fields = ("contract__reference", "hash")
    ordering = ("-sequence",)
    list_select_related = ("contract", "actor")


@admin.register(StateSpan)
class StateSpanAdmin(ReadOnlyAdmin):
    list_display = ("contract", "state", "entered_at", "left_at")
    list_filter = ("state",)
    search_fields = ("contract__reference",)
    ordering = ("-entered_at", "-pk")
    list_select_related = ("contract",)


@admin.register(Effect)
class EffectAdmin(ReadOnlyAdmin):
    list_display = ("kind", "status", "attempts", "not_before", "lease_until", "done_at")
    list_filter = ("status", "kind")
    search_fields = ("key", "last_error")
    ordering = ("-pk",)


@admin.register(JournalHead)
class JournalHeadAdmin(ReadOnlyAdmin):
    list_display = ("sequence", "hash")
    ordering = ("pk",)
