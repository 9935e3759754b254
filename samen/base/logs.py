"""What may stand in a log: a link's token may not."""

import logging
import re

TOKEN = re.compile(r"/l/[A-Za-z0-9_-]{6,}")


def mask(text: str) -> str:
    """The text with every link's token cut to its first four characters."""
    return TOKEN.sub(lambda found: found[0][:7] + "…", text)


class MaskLinks(logging.Filter):
    """The one log filter: masks tokens in the message and in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through, masked."""
        record.msg = mask(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
        return True
