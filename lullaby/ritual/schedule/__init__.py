"""When nights begin: rules in plain words, in local time, kept; and whatever begins what is due, once."""
