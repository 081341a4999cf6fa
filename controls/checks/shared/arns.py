"""Reading Amazon Resource Names: `arn:partition:service:region:account:resource`."""


def account_of(arn: str) -> str:
    """The account's number in an ARN, "" where it has none or the text is no ARN."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" else ""
