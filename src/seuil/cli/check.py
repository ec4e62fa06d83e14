"""`seuil check`: a definition and its code lists, and records against them."""
