"""SIPAS: questionnaires as data, responses, estimates with their errors, and the way into points."""
