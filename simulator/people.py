"""Made-up people and what they write. Nobody here exists; the telephone numbers are reserved for fiction."""

import random
import unicodedata

FIRST_NAMES = (
    "Anna", "Jürgen", "Zoë", "Łukasz", "Çağla", "Søren", "Anaïs", "Đorđe", "Björn", "Käthe", "Mehmet", "Ines",
    "Paul", "Marta", "Günther", "Noémie", "Yusuf", "Sofía", "Håkon", "Lena", "Emre", "Friederike", "娜", "Олена",
)  # fmt: skip
LAST_NAMES = (
    "Müßiggang", "Öztürk", "Grünwald", "Świątek", "Nuñez", "Brøndby", "Đukić", "Fuchsbach", "Weißenborn", "Ångström",
    "Lefèvre", "Kowalczyk", "Ehrenbrecht", "Yıldırım", "Schönbüchel", "Ōta", "Петренко", "Castañeda", "Thießen", "李",
)  # fmt: skip
AGENT_NAMES = (
    ("Beate", "Hollerbusch"), ("Sven", "Großklaus"), ("Aylin", "Sönmez"), ("Tobias", "Rüttgers"),
    ("Franziska", "Löbel"), ("Marek", "Wójtowicz"), ("Julia", "Stäudel"), ("Hasan", "Çelikkaya"),
    ("Nadine", "Überschär"), ("Oskar", "Jänsch"), ("Miriam", "Pfützner"), ("Cem", "Aydınlar"),
    ("Lisbeth", "Kößler"), ("Rafael", "Gutiérrez"),
)  # fmt: skip
QUESTIONS = (
    "Hallo, meine Bestellung ist noch nicht angekommen. Können Sie nachsehen?",
    "Guten Tag, ich wohne jetzt in der Lindenstraße 12 und brauche eine neue Rechnung.",
    "Das Gerät lässt sich nicht mehr einschalten 😟",
    "Wie schicke ich den Artikel zurück? Meine Nummer steht im Profil.",
    "Ich wurde zweimal belastet, bitte um Rückruf.",
    "Hi, can someone help me with my password?",
)
ANSWERS = (
    "Guten Tag! Ich sehe sofort für Sie nach.",
    "Danke für Ihre Geduld, das haben wir gleich.",
    "Das tut uns leid. Ich habe es soeben veranlasst.",
)
THANKS = ("Super, vielen Dank!", "Alles klar, danke schön 😊", "Perfekt, das war's schon.")


def name(rng: random.Random) -> tuple[str, str]:
    return rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)


def email(first: str, last: str, number: int, domain: str = "kunde.example") -> str:
    """An address under a reserved ending; letters that ASCII lacks are dropped."""
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower()).encode("ascii", "ignore").decode()
    return f"{plain.strip('.') or 'gast'}.{number}@{domain}"


def phone(rng: random.Random) -> str:
    """A number from the range that Germany's regulator keeps free for films."""
    return f"+493023125{rng.randrange(1000):03d}"
