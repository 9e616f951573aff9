"""`python -m docs.generators`: writes every page and diagram that comes from the code."""

from __future__ import annotations

from docs.generators.everything import DOCS, pages


def main() -> None:
    """Write what differs, and name it."""
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
