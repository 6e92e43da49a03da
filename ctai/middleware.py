"""What no address may hold, whatever page it leads to."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class ZeroByteMiddleware:
    """Answers 400 to an address with a zero byte: nobody types one, and PostgreSQL refuses to look for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("Zero byte in the address.")
        return self.get_response(request)
