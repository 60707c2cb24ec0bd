"""Stories that are woven for a listener: one for every night, the same whenever it is asked for.

Everything is told from hand-written material: places, companions, plots and pools of small scenes, in the
folders beside this file, in the language that `lines` reads.
"""

from lullaby.story.weaving.series import Facts, Night, facts_of, night_of
from lullaby.story.weaving.weaving import woven
from lullaby.story.weaving.wishes import Wishes, wishes_of

__all__ = ["Facts", "Night", "Wishes", "facts_of", "night_of", "wishes_of", "woven"]
