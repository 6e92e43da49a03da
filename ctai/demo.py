"""The mails that the portal sent, shown in the demonstration only, where none leaves the machine."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exchanges.models import Mail

PAGE_SIZE = 25


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails, the last first."""
    _only_in_demo()
    found = Mail.objects.order_by("-created_at", "-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "ctai/demo_mails.html", {"page_obj": page})


@login_not_required
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail, as text."""
    _only_in_demo()
    return render(request, "ctai/demo_mail.html", {"mail": get_object_or_404(Mail, pk=pk)})


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404
