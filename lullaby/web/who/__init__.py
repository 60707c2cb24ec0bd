"""Who may do what: this machine is its owner's, a phone is paired once, and everybody else is shown how to
pair."""
