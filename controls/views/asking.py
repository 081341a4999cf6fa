"""What a request asks for beyond its path."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from controls.selectors.moments import BadMoment, Moment, moment_of


def moment_asked(request: HttpRequest) -> Moment:
    """The moment this page speaks of, found once per request. A malformed `?at=` is a bad request, said in a sentence."""
    found = getattr(request, "_plumbline_moment", None)
    if found is None:
        try:
            found = moment_of(request.organization, period_id=request.GET.get("period", ""), at=request.GET.get("at", ""))
        except BadMoment as error:
            raise BadRequest(str(error)) from error
        request._plumbline_moment = found
    return found
