FOUND: dict[str, int] = {}
