"""Plain noises: coloured, steady, and the breath made of one."""
