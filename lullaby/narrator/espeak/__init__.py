"""eSpeak NG, which speaks a hundred languages: its library, and a process for it."""
