"""What somebody keeps of their nights: what was heard, dreams, and how it was in the morning. One private
database for each listener; nothing here sounds, and nothing is counted up against anybody."""
