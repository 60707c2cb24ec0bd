"""Animals and their ambience: crickets, frogs, birds, cats, a heart."""
