"""Meetings, messages, remarks and mails, for reading; internal notes stay with their side."""

from django.contrib import admin

from ctai.admin import ReadOnlyAdmin
from exchanges.models import Mail, Meeting, Message, PieceRequest, Remark


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("contract", "held_on", "subject", "minutes_version", "minutes_sent_at")
    search_fields = ("contract__reference", "subject")
    ordering = ("-held_on", "-pk")
    list_select_related = ("contract",)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("contract", "pk")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Remark)
class RemarkAdmin(ReadOnlyAdmin):
    list_display = ("contract", "anchor_label", "status")
    list_filter = ("status",)
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(PieceRequest)
class PieceRequestAdmin(ReadOnlyAdmin):
    list_display = ("contract", "pk")
    search_fields = ("contract__reference",)
    ordering = ("-pk",)
    list_select_related = ("contract",)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("to", "subject", "status", "created_at", "sent_at")
    list_filter = ("status",)
    search_fields = ("to", "subject")
    ordering = ("-created_at", "-pk")
