"""What lullaby promises never to do, each with the test that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Promise:
    says: str
    test: str
    """A file in tests/ and the name of a test in it."""


PROMISES = (
    Promise(
        "It opens no way into any network: not to play, not to tell, not for a ritual or a journal.",
        "test_no_network.py::test_a_ritual_and_a_journal_open_no_socket_to_any_network",
    ),
    Promise(
        "Served as a page, it is for this machine alone, unless phones at home are let in.",
        "test_serve.py::test_it_serves_this_machine_alone_until_it_is_ended",
    ),
    Promise(
        "A phone that was not paired hears nothing and changes nothing.",
        "test_serve.py::test_a_phone_is_paired_by_the_code_and_stays_so_until_all_are_forgotten",
    ),
    Promise(
        "Who listens on a phone, and when, is written nowhere.",
        "test_serve.py::test_nothing_is_written_by_who_listens",
    ),
    Promise(
        "Nothing of one listener reaches another's plan, shelf or export.",
        "test_isolation.py::test_nothing_of_one_listener_reaches_what_is_another_s",
    ),
    Promise(
        "Nothing of one listener reaches the log of another's night.",
        "test_isolation.py::test_the_log_of_a_night_that_was_heard_holds_nothing_of_another",
    ),
    Promise(
        "A dream is told to nobody without its dreamer's consent, which can be withdrawn.",
        "test_journal.py::test_withdrawing_a_dream_leaves_it_with_its_dreamer_alone",
    ),
    Promise(
        "What is erased is in no file any more.",
        "test_journal.py::test_what_is_erased_is_in_no_file_any_more",
    ),
    Promise(
        "What it keeps of a listener nobody else on the machine may read.",
        "test_journal.py::test_the_journal_is_for_its_owner_alone",
    ),
    Promise(
        "A limit never makes a night longer or louder.",
        "test_enough.py::test_a_limit_never_makes_a_night_longer_or_louder",
    ),
    Promise(
        "No limit that somebody sets lifts what a child's age asks for.",
        "test_enough.py::test_a_childs_own_limits_stay_above_all",
    ),
    Promise(
        "A night without is never counted against anybody.",
        "test_enough.py::test_tonight_without_is_one_command_and_a_good_night",
    ),
    Promise(
        "It does not nag: leaning on it is said once, and not again for ninety days.",
        "test_enough.py::test_leaning_is_not_said_again_for_ninety_days",
    ),
    Promise(
        "It does not claim that sound helps where no difference is seen.",
        "test_enough_month.py::test_a_month_in_which_sound_does_nothing_says_no_difference_seen",
    ),
    Promise(
        "The word of a pledge is kept nowhere.",
        "test_enough.py::test_the_word_of_a_pledge_is_kept_nowhere",
    ),
    Promise(
        "Fears are not asked about at bedtime.",
        "test_enough_consent.py::test_at_bedtime_it_is_gently_not_asked",
    ),
    Promise(
        "What somebody fears is in no story that is told to them and no sound they hear.",
        "test_enough_consent.py::test_a_fear_is_in_no_story_and_no_voice",
    ),
    Promise(
        "A story that faces a fear says nothing but what was shown before.",
        "test_enough_consent.py::test_its_preview_is_exactly_what_the_narrator_is_given",
    ),
    Promise(
        "Such a story is told on no evening but the one it was chosen for.",
        "test_enough_consent.py::test_it_is_told_on_its_evening_and_on_no_other",
    ),
    Promise(
        "Whoever leaves leaves nothing behind.",
        "test_enough_leaving.py::test_leaving_leaves_nothing_behind",
    ),
    Promise(
        "Whoever leaves loses nothing where the export fails.",
        "test_enough_leaving.py::test_where_the_export_fails_nothing_is_lost",
    ),
    Promise(
        "What is handed on, as a file, a pack or a line, has nothing private of anybody in it.",
        "test_isolation_handed_on.py::test_what_is_handed_on_has_nothing_private_of_its_own_listener_either",
    ),
    Promise(
        "A dream is on no other machine before its dreamer has agreed to that as well.",
        "test_isolation_handed_on.py::"
        "test_a_dream_reaches_the_circle_by_consent_and_no_longer_when_that_is_withdrawn",
    ),
    Promise(
        "What was spoken for somebody does not stay behind when they go.",
        "test_enough_traces.py::test_with_a_listener_goes_what_was_spoken_for_them",
    ),
    Promise(
        "Nobody asleep is startled.",
        "test_guard.py::test_no_shipped_score_startles_anybody_asleep",
    ),
    Promise(
        "Nothing grows louder because of a guess.",
        "test_following.py::test_no_guess_makes_anything_louder",
    ),
    Promise(
        "A stranger's pack is not unpacked to anywhere but its own folder.",
        "test_pack_stranger.py::test_a_name_that_leads_out_or_is_nothing_a_night_needs_is_refused",
    ),
)


def facts_of_promises() -> list[dict[str, Any]]:
    return [{"promise": one.says, "test": f"tests/{one.test}"} for one in PROMISES]
