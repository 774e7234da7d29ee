"""Taking calls 接报: what rings, and the form that is filled in while a caller speaks."""
