"""What a request asks for beyond its path."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest

from controls.selectors.health import EpochPiece, health_and_coverage, observed_pieces
from controls.selectors.moments import BadMoment, Moment, UnknownPeriod, moment_of


def moment_asked(request: HttpRequest) -> Moment:
    """The moment this page speaks of, found once per request. A malformed `?at=` is a bad request, said in a sentence."""
    found = getattr(request, "_plumbline_moment", None)
    if found is None:
        try:
            found = moment_of(request.organization, period_id=request.GET.get("period", ""), at=request.GET.get("at", ""))
        except BadMoment as error:
            raise BadRequest(str(error)) from error
        except UnknownPeriod as error:
            raise Http404("There is no such period.") from error
        request._plumbline_moment = found
    return found


def strips_asked(request: HttpRequest, moment: Moment, control_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[EpochPiece]]:
    """Pieces of health of these controls over the moment. The coverage that the page's ruler will ask for comes in the same round trip."""
    pieces, coverage = health_and_coverage(control_ids, moment.start, moment.until)
    keep_coverage(request, coverage)
    return pieces


def keep_coverage(request: HttpRequest, coverage: list[tuple[float, float]]) -> None:
    """Remember the coverage that came with something else, for the ruler."""
    request._plumbline_coverage = coverage


def coverage_asked(request: HttpRequest, moment: Moment) -> list[tuple[float, float]]:
    """When every stream was observed, asked once per request."""
    found = getattr(request, "_plumbline_coverage", None)
    return observed_pieces(moment.start, moment.until) if found is None else found
