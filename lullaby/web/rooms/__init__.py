"""The places where a night can sound: this machine, and other machines of the home that lullaby runs on."""
