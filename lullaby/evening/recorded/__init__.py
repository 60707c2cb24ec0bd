"""A recording of somebody telling: heard through, levelled, cut at its pauses, and put on the shelf."""
