"""Keeps secrets out of the log."""

import logging
import re

PATTERNS = re.compile(
    r"(?i)(authorization|x-amz-security-token|aws_secret_access_key|secret|password|token|private_key)([\"']?\s*[:=]\s*[\"']?)([^\s\"',}]{6,})"
    r"|(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|AKIA[0-9A-Z]{16}|SSWS [A-Za-z0-9_-]{20,})"
)


def _hidden(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}[hidden]" if match[1] else "[hidden]"


class HideSecrets(logging.Filter):
    """Replaces what looks like a credential in every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the finished message; never drop it."""
        message = record.getMessage()
        if PATTERNS.search(message):
            record.msg, record.args = PATTERNS.sub(_hidden, message), None
        return True
