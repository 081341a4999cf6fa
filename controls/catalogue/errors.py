"""What can be wrong with the catalogue's files."""


class CatalogueError(Exception):
    """A catalogue file cannot be used as it stands.

    The message names the file and the entry (a code, a slug or the place in the file) and says what to change.
    """

    def __init__(self, file: str, entry: str, remedy: str) -> None:
        super().__init__(f"{file}: {entry}: {remedy}")
        self.file = file
        self.entry = entry
        self.remedy = remedy
