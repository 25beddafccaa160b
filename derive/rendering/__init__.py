"""A derivation as a document of no format, and the document in each format."""
