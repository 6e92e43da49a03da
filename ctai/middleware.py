"""What is answered on any page: to an impossible address, to that of a button, to a file that could not be kept."""

import codecs
import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from ctai.http import new_reference
from documents.uploads import FileNotKept

logger = logging.getLogger("ctai.errors")


class ZeroByteMiddleware:
    """Answers 400 to an address with a zero byte: nobody types one, and PostgreSQL refuses to look for it.

    The same to a form in another encoding than UTF-8, which no browser sends: Python knows some that decode nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("Zero byte in the address.")
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("Form in another encoding than UTF-8.")
        return self.get_response(request)


class OtherMethodMiddleware:
    """Puts a page in an empty 405: the address of a button, opened by reloading or by going back, says where to go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            response.content = render_to_string("errors/405.html", request=request).encode()
        return response


class FileNotKeptMiddleware:
    """Answers 503 to the deposit of a file that the storage did not take; the transaction of the view is undone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say that the file could not be kept, with a reference that the log knows."""
        if not isinstance(exception, FileNotKept):
            return None
        reference = new_reference()
        extra = {"reference": reference, "status_code": 503}
        logger.error("File not kept on %s %s", request.method, request.path, exc_info=exception, extra=extra)
        return render(request, "errors/503.html", {"reference": reference}, status=503)
