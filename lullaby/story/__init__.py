"""Stories as text: whatever format they come in, as parts, paragraphs and sentences in one form."""
