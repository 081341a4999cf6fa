"""Loading the criteria into their tables: idempotent, by the owner role, after every migrate."""

from typing import Any

from django.apps import AppConfig

from controls.catalogue.loading import load_criteria
from controls.models import Criterion, PointOfFocus


def load_catalogue(app_config: AppConfig, using: str, **_rest: Any) -> None:
    """Receiver of Django's post_migrate: make the tables equal to this version's criteria. Writes nothing when they already are."""
    loaded = load_criteria()
    if set(Criterion.objects.using(using).values_list("edition", flat=True).distinct()) == {_edition(loaded)}:
        return
    Criterion.objects.using(using).bulk_create(
        [
            Criterion(
                code=each.code, position=place, category=each.category.value, series=each.series, coso=each.coso_principle, title=each.title,
                summary=each.summary, edition=_edition(loaded),
            )
            for place, each in enumerate(loaded.criteria)
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["position", "category", "series", "coso", "title", "summary", "edition"],
    )  # fmt: skip
    PointOfFocus.objects.using(using).all().delete()
    PointOfFocus.objects.using(using).bulk_create(
        [
            PointOfFocus(
                criterion_id=each.code,
                slug=point.slug,
                position=place,
                title=point.title,
                applies=sorted(tag.value for tag in point.applicability),
            )
            for each in loaded.criteria
            for place, point in enumerate(each.points_of_focus)
        ]
    )


def _edition(loaded: Any) -> str:
    return f"{loaded.edition} {loaded.digest[:12]}"[:40]
