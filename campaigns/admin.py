"""The years, their axes and questions, for reading."""

from django.contrib import admin

from campaigns.models import Axis, Campaign, CampaignTarget, DeadlineExtension, Question, QuestionSet, ReviewCriterion
from ctai.admin import ReadOnlyAdmin


@admin.register(Axis)
class AxisAdmin(ReadOnlyAdmin):
    list_display = ("code", "label", "rank", "active")
    ordering = ("rank", "pk")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ("year", "is_open", "opens_on", "submission_deadline", "closes_on")
    list_filter = ("is_open",)
    ordering = ("-year",)


@admin.register(QuestionSet)
class QuestionSetAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "number", "published_at")
    ordering = ("-campaign__year", "-number")
    list_select_related = ("campaign",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("question_set", "key", "title", "mandatory", "rank")
    list_filter = ("mandatory",)
    search_fields = ("key", "title")
    ordering = ("-question_set__campaign__year", "rank", "pk")
    list_select_related = ("question_set__campaign",)


@admin.register(DeadlineExtension)
class DeadlineExtensionAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "region", "departement", "authority", "deadline")
    ordering = ("-campaign__year", "-deadline", "pk")
    list_select_related = ("campaign", "region", "departement", "authority")


@admin.register(CampaignTarget)
class CampaignTargetAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "organisation", "contracts")
    ordering = ("-campaign__year", "organisation__name", "pk")
    list_select_related = ("campaign", "organisation")


@admin.register(ReviewCriterion)
class ReviewCriterionAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "rank", "label", "points", "active")
    ordering = ("-campaign__year", "rank", "pk")
    list_select_related = ("campaign",)
