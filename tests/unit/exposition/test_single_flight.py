import threading

import pytest

from mlexporter.exposition.single_flight import SingleFlight


def test_questions_during_a_production_share_the_next_one():
    """Ten scrapers at once cost two productions, and each answer is at least as new as its question."""
    flight = SingleFlight()
    productions = []
    began, go_on = threading.Event(), threading.Event()

    def produce():
        productions.append(len(productions))
        began.set()
        go_on.wait(10)
        return productions[-1]

    answers = []

    def ask(asked):
        answers.append(flight.answer("key", asked, produce))

    threads = [threading.Thread(target=ask, args=(flight.asked(),))]
    threads[0].start()
    assert began.wait(10)
    threads += [threading.Thread(target=ask, args=(flight.asked(),)) for _ in range(9)]
    for thread in threads[1:]:
        thread.start()
    while flight._n_waiting < 10:
        pass
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert productions == [0, 1]
    assert sorted(answers) == [0] + [1] * 9


def test_a_later_question_gets_a_new_answer():
    """Nothing is served that began before the question, and nothing is kept."""
    flight = SingleFlight()
    answers = iter("ab")
    assert flight.answer("key", flight.asked(), lambda: next(answers)) == "a"
    assert flight._answers == {}
    assert flight.answer("key", flight.asked(), lambda: next(answers)) == "b"


def test_an_error_is_passed_on_and_forgotten():
    """A production that failed does not block the next one."""
    flight = SingleFlight()

    def fail():
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        flight.answer("key", flight.asked(), fail)
    assert flight.answer("key", flight.asked(), lambda: 1) == 1
