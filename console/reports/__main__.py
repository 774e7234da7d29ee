"""`python -m console.reports PAGE.html`: prints a page to the PDF beside it.

A process of its own, because printing holds Python for seconds and a desk must not wait for it.
"""

import sys
from pathlib import Path

from console.reports.incident import to_pdf


def main() -> None:
    page = Path(sys.argv[1])
    fresh = page.with_suffix(".pdf.new")
    fresh.write_bytes(to_pdf(page.read_text("utf-8")))
    fresh.replace(page.with_suffix(".pdf"))


if __name__ == "__main__":
    main()
