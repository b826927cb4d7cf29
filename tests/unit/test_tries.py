"""Wrong passwords slow down where they come from, and nobody else."""

from services.signing_in.tries import FORGOTTEN_SECONDS, FREE_TRIES, LONGEST_DELAY, LONGEST_WAIT, Tries


class Watch:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_first_tries_are_free_and_each_further_one_waits_longer() -> None:
    watch = Watch()
    tries = Tries(watch)
    waits = []
    for _ in range(FREE_TRIES + 12):
        waits.append(tries.seconds_to_wait("n", "kim"))
        watch.now += waits[-1]
        tries.wrong("n", "kim")
    assert waits[:FREE_TRIES] == [0] * FREE_TRIES
    assert waits[FREE_TRIES : FREE_TRIES + 4] == [2, 4, 8, 16]
    assert max(waits) == LONGEST_WAIT


def test_another_network_tries_for_the_same_person_at_once() -> None:
    tries = Tries(Watch())
    for n in range(1000):
        tries.wrong(f"n{n % 100}", "kim")
    assert tries.seconds_to_wait("kims own", "kim") == 0
    assert tries.delay("kim") == LONGEST_DELAY, "answered later, and heard"


def test_a_network_that_tries_many_people_waits_for_all_of_them() -> None:
    tries = Tries(Watch())
    for n in range(20):
        tries.wrong("n", f"person{n}")
    assert tries.seconds_to_wait("n", "somebody new") > 0


def test_the_right_password_ends_the_waiting_for_that_person() -> None:
    tries = Tries(Watch())
    for _ in range(4):
        tries.wrong("n", "kim")
    tries.right("n", "kim")
    tries.wrong("n", "kim")
    assert tries.seconds_to_wait("n", "kim") == 0


def test_after_an_hour_all_is_forgotten() -> None:
    watch = Watch()
    tries = Tries(watch)
    for _ in range(30):
        tries.wrong("n", "kim")
    watch.now += FORGOTTEN_SECONDS
    assert tries.seconds_to_wait("n", "kim") == 0
    assert tries.delay("kim") == 0


def test_it_remembers_so_many_and_drops_the_oldest() -> None:
    watch = Watch()
    tries = Tries(watch)
    for n in range(6000):
        watch.now += 0.01
        tries.wrong(f"n{n}", f"person{n}")
    assert len(tries._wrong) <= 10_000
    for _ in range(FREE_TRIES):
        tries.wrong("n5999", "person5999")
    assert tries.seconds_to_wait("n5999", "person5999") > 0
