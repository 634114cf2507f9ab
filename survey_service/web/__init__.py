"""Pages and the JSON interface, one module per audience."""
