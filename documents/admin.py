"""Files deposited, templates and issued documents, for reading."""

from django.contrib import admin

from ctai.admin import ReadOnlyAdmin
from documents.models import CopyCheck, DocumentTemplate, IssuedDocument, Seal, TemplateVersion, Upload


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("original_name", "kind", "contract", "organisation", "size", "uploaded_at")
    list_filter = ("kind", "visibility")
    search_fields = ("original_name", "contract__reference", "sha256")
    ordering = ("-uploaded_at", "-pk")
    list_select_related = ("contract", "organisation")


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind")
    ordering = ("kind", "pk")


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin):
    list_display = ("template", "number", "published_at")
    ordering = ("template__kind", "-number")
    list_select_related = ("template",)


@admin.register(IssuedDocument)
class IssuedDocumentAdmin(ReadOnlyAdmin):
    list_display = ("kind", "number", "contract", "is_draft", "status", "created_at", "superseded_at")
    list_filter = ("kind", "status", "is_draft")
    search_fields = ("contract__reference", "verification_code", "sha256")
    ordering = ("-created_at", "-pk")
    list_select_related = ("contract",)


@admin.register(CopyCheck)
class CopyCheckAdmin(ReadOnlyAdmin):
    list_display = ("document", "verdict", "matched_by", "checked_at")
    list_filter = ("verdict", "matched_by")
    ordering = ("-checked_at", "-pk")
    list_select_related = ("document",)


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("document", "sha256", "size", "sealed_at")
    ordering = ("-sealed_at", "-pk")
    list_select_related = ("document",)
