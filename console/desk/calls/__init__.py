"""Taking calls 接报: from what rings or is told by hand to an incident with its proposal."""
