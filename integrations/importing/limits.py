"""How much is read of what strangers send. Beyond these a file is refused as a whole, with the number in the sentence."""

MAX_FILE = 32 * 1024 * 1024  # bytes
MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_CELL = 32_000  # characters
MAX_LINE = 1024 * 1024  # bytes of one JSON line
MAX_DEPTH = 32
MAX_UNPACKED = 256 * 1024 * 1024  # bytes of a workbook after unpacking
MAX_RATIO = 200  # unpacked to packed, beyond which an archive is a bomb
MAX_SUBJECT = 500  # characters of a subject's key
