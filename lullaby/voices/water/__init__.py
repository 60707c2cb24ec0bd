"""Water: rain, sea, streams, waterfalls."""
