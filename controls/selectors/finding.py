"""Finding controls and criteria by what somebody types."""

from controls.models import Control, Criterion


def controls_found(words: str, limit: int) -> list[tuple[str, str]]:
    """(code, title) of adopted controls that have every word in title or code, by code; all when there is no word."""
    found = Control.objects.filter(retired_at=None)
    for word in words.split():
        found = found.filter(title__icontains=word) | found.filter(code__icontains=word)
    return list(found.order_by("code").values_list("code", "title")[:limit])


def criteria_found(part: str, limit: int) -> list[Criterion]:
    """Criteria whose code begins with `part` or whose title contains it, in their order."""
    return list((Criterion.objects.filter(code__istartswith=part) | Criterion.objects.filter(title__icontains=part))[:limit])
