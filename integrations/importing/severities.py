"""Words and scores of severity, as formats of findings use them, into ours."""

_WORDS = {
    "critical": "critical", "fatal": "critical", "high": "high", "important": "high", "error": "high", "medium": "medium",
    "moderate": "medium", "warning": "medium", "low": "low", "minor": "low", "note": "low", "info": "info", "informational": "info",
    "none": "info",
}  # fmt: skip


def of_word(word: object) -> str | None:
    """critical, high, medium, low or info; None for a word that is none of severity."""
    return _WORDS.get(word.strip().casefold()) if isinstance(word, str) else None


def of_score(score: object) -> str | None:
    """By the bands of CVSS 3.1 (specification, section 5). None for what is no score from 0 to 10."""
    try:
        number = float(score)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if isinstance(score, bool) or not 0 <= number <= 10:
        return None
    for least, word in ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low")):
        if number >= least:
            return word
    return "info"
