"""The whole history of a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from contracts.enums import State
from contracts.history import all_events
from contracts.mixins import FileView
from journal.models import StateSpan


class HistoryView(FileView):
    """Every event, and the time spent in each state."""

    page = "history"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        spans = StateSpan.objects.filter(contract=self.contract).order_by("entered_at", "pk")
        told = [
            {"label": State(each.state).label, "entered_at": each.entered_at, "left_at": each.left_at}
            for each in spans
        ]
        return self.render("contracts/history.html", events=all_events(self.contract), spans=told)
