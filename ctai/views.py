"""The pages that belong to no app: the home of each role, the health of the portal, what one reads when it failed."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from ctai import dashboards
from ctai import health as engines
from ctai.context import SITE_NAME
from ctai.http import PayloadTooLarge, new_reference, sent_from

logger = logging.getLogger("ctai.errors")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, or 413 to a request that is too heavy."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent | PayloadTooLarge):
        return _error(request, 413)
    return _error(request, 400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 with the reason that the code gave, if it gave one."""
    return _error(request, 403, reason=str(exception or ""))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same whether the page never existed or is out of one's scope."""
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose page stayed open too long, or came from elsewhere."""
    return _error(request, 403, template="errors/csrf.html", page=sent_from(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a reference, without the database nor the session."""
    reference = new_reference()
    extra = {"reference": reference, "status_code": 500}
    logger.error("Unexpected error on %s %s", request.method, request.path, exc_info=sys.exc_info(), extra=extra)
    context = {"reference": reference, "site_name": SITE_NAME, "brand": settings.BRAND}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def _error(request: HttpRequest, status: int, *, template: str = "", **context: str) -> HttpResponse:
    reference = new_reference()
    extra = {"reference": reference, "status_code": status}
    logger.warning("Refused %s %s", request.method, request.path, extra=extra)
    return render(request, template or f"errors/{status}.html", {"reference": reference, **context}, status=status)


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, according to their role."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return redirect("accounts:no_organisation")
    page = dashboards.home_of(actor, request.GET, timezone.now())
    if isinstance(page, dashboards.Elsewhere):
        return redirect(page.name)
    return render(request, page.template, page.context)


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Tell the truth about each engine: 503 when one that is configured is down."""
    states, healthy = engines.health()
    return JsonResponse(states, status=200 if healthy else 503, json_dumps_params={"ensure_ascii": False})
