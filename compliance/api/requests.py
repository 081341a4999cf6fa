"""An id per request, in the log and on every error page, so that what a person saw can be found."""

import logging
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from compliance.ui.views import not_found

log = logging.getLogger("plumbline.requests")


class RequestIds:
    """Gives each request an id and answers it as `X-Request-ID`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request, log what went wrong."""
        request.request_id = uuid.uuid4().hex[:12]
        # PostgreSQL refuses NUL in text: no address of ours has one, so it is answered before anything looks it up.
        is_page = not request.path_info.startswith("/api/")  # the API answers with its own sentence
        response = not_found(request) if is_page and "\x00" in request.path_info else self.get_response(request)
        response["X-Request-ID"] = request.request_id
        if response.status_code >= 500:
            log.error("%s %s answered %s, request %s", request.method, request.path, response.status_code, request.request_id)
        return response
