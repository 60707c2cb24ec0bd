"""The circle: friends who take turns to tell and to play, and what of it goes from machine to machine.

    members   circles/NAME.toml, which a person may read and change
    book      circles/NAME.db: evenings that were held, who was away, swaps, where the serial stopped
    brought   circles/NAME/MEMBER/: what a member brings for their turn

`tonight.tonight_of` says what a ritual may depend on tonight; `held.held` is told when the evening was really
held, and nothing else moves the turns on.
"""
