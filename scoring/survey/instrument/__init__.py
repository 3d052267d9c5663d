"""The questionnaire as data: factors, questions, scales, and how answers become an index."""
