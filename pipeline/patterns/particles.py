"""Korean nouns without the particle that is written onto them: 날씨가, 날씨를 and 날씨는 are 날씨.

A small rule in place of a dictionary: a particle comes off where what remains stands alone in the
archive at least half as often. So 고양이 (a cat) keeps its last syllable though 이 is a particle.
"""

from __future__ import annotations

from collections.abc import Mapping

PARTICLES = (  # the longer first
    "에서는", "에서도", "으로는", "으로도", "이라는", "에게서", "한테서", "이라도",
    "에서", "에는", "에도", "에게", "한테", "으로", "까지", "부터", "처럼", "보다", "하고", "이랑",
    "이나", "라도", "마저", "조차", "밖에",
    "은", "는", "이", "가", "을", "를", "에", "의", "와", "과", "로", "도", "만", "랑", "나",
)  # fmt: skip
LEAST_LEFT = 2  # syllables
SHARE = 0.5


def is_korean(word: str) -> bool:
    """Say whether a word is of Hangul syllables alone."""
    return "\uac00" <= word[:1] <= "\ud7a3" and all("\uac00" <= letter <= "\ud7a3" for letter in word)


def drop_particle(word: str, counts: Mapping[str, float]) -> str:
    """Return a Korean word without its particle, where the archive shows the bare word; else as it is.

    ``counts`` is how many texts hold each word as it is written.
    """
    for particle in PARTICLES:
        bare = word.removesuffix(particle)
        if LEAST_LEFT <= len(bare) < len(word) and counts.get(bare, 0) >= SHARE * counts[word]:
            return bare
    return word
