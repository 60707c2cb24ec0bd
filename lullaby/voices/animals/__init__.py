"""Animals, and the air round them: crickets, frogs, birds, cats, a heart."""
