"""The shared diagnostics, for reading."""

from django.contrib import admin

from ctai.admin import ReadOnlyAdmin
from diagnostics.models import Diagnostic, Section, SectionApproval, SectionVersion


@admin.register(Diagnostic)
class DiagnosticAdmin(ReadOnlyAdmin):
    list_display = ("contract", "question_set")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract", "question_set__campaign")


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ("diagnostic", "question", "version")
    search_fields = ("diagnostic__contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("diagnostic", "question")


@admin.register(SectionVersion)
class SectionVersionAdmin(ReadOnlyAdmin):
    list_display = ("section", "number", "author", "saved_at")
    search_fields = ("section__diagnostic__contract__reference",)
    ordering = ("-saved_at", "-pk")
    list_select_related = ("section", "author")


@admin.register(SectionApproval)
class SectionApprovalAdmin(ReadOnlyAdmin):
    list_display = ("section", "version", "side", "approved_at", "withdrawn_at")
    list_filter = ("side",)
    ordering = ("-approved_at", "-pk")
    list_select_related = ("section",)
