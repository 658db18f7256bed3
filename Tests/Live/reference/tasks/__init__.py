"""The models that the reference and the server under test both serve."""
