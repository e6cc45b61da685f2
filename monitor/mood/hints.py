"""What a batch is skimmed for, all at once, so that few comments need a closer look.

    ASKS      holds a sign of a question: 吗, 多少, 是不是, "?" …
    ASKED     holds one that leaves no doubt of it
    PRAISES   holds a word of praise
    ODD       holds a disguise: jia货, 垃-圾
    OWN       holds the beginning of a phrase the operator wrote
    PHRASE    holds the beginning of a phrase of complaint: three characters, if it has them
    GUARDED   holds a sign of what a guard looks for: a question, a quotation

Signs are single characters, pairs and triples; the latter two are looked up by their
feature. A hint may be wrong where two of them share a feature (single characters do not),
but what is not hinted at is not there.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from monitor.mood.evasion import HARD, HOMOPHONES, SEPARATORS
from monitor.mood.features import SIZE, Features, features
from monitor.mood.normalise import GLAD, Lines, fold

ASKS, PRAISES, ODD, OWN, PUZZLES, PHRASE, GUARDED, ASKED = 1, 2, 4, 8, 16, 32, 64, 128

Hinted = NDArray[np.uint8]

_ASKED = "?吗嘛咋哪谁"
_ASKING = "几 多久 多少 多大 什么 怎么 怎样 如何 啥时 还是 么\n 不\n 没\n 没有"
_ASKING_WORDS = ("wha", "whe", "whi", "who", "how", "can", "cou", "do ", "doe", "any", "is ", "are")
# A denial is none without a phrase, which is hinted at by itself.
_GUARDING = "怕 说 评论 弹幕 担心 别家 别的 其他 隔壁 以前 之前 上个 曾经"
_PUZZLING = "?懵 啥\n 啥? 啥情 啥意 什么 咋回 怎么 不懂 没看"
_PRAISING = (
    f"{GLAD} 好看 好用 好吃 好喝 喜欢 推荐 回购 值得 超值 很值 真值 划算 实惠 良心 爱了 真香"
    " 满意 放心 舒服 漂亮 太美 好美 好棒 真棒 太棒 不错 好评 惊喜 靠谱 五星 质感 厉害 种草"
    " 安利 真好 很好 太好 超好 正品 性价 精致 新鲜 好快 真快 很快"
    " love great amazing perfect excellent awesome"
)


class Hints:
    """The tables of signs."""

    def __init__(self, phrases: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        self._singles = np.zeros(0x20000, np.uint8)
        self._pairs = np.zeros(SIZE, np.uint8)
        self._triples = np.zeros(SIZE, np.uint8)
        for signs, hint in (
            (_ASKED, ASKS | ASKED | GUARDED),
            (_ASKING, ASKS | GUARDED),
            (_GUARDING, GUARDED),
            (_PUZZLING, PUZZLES),
            (_PRAISING, PRAISES),
        ):
            self._mark(signs, hint)
        for word in _ASKING_WORDS:
            self._sign(word, ASKS | GUARDED)
        for disguise, _ in HOMOPHONES:
            self._sign(disguise[-3:], ODD)
        for phrase in phrases:
            self._sign(phrase[:3], PHRASE)
        for phrase in own:
            self._sign(phrase[:3], OWN)

    def _mark(self, signs: str, hint: int) -> None:
        for sign in signs.split(" "):
            if "\n" in sign or (len(sign) == 2 and sign[0] not in "?懵" + GLAD) or sign.isascii():
                self._sign(sign, hint)
            else:
                for mark in sign:
                    self._sign(mark, hint)

    def _sign(self, sign: str, hint: int) -> None:
        if len(sign) == 1:
            self._singles[ord(sign)] |= hint
            return
        seen = features(fold([sign.replace("\n", "")]))
        place = 1  # after the break that begins it
        if len(sign) > 2:
            self._triples[seen.triples[place]] |= hint
        else:
            self._pairs[seen.pairs[place]] |= hint

    def skim(self, lines: Lines, seen: Features) -> tuple[Hinted, Hinted]:
        """The hints of each comment of a batch, and of each place in its points."""
        points = lines.points
        marks = self._singles.take(points[:-1])
        marks |= self._pairs.take(seen.pairs)
        marks[:-1] |= self._triples.take(seen.triples)
        # 好不好, 有没有: a character, a denial, and the same again
        same = points[2:] == points[:-2]
        middle = points[1:-1]
        same &= (middle == _NOT) | (middle == _HAVE_NOT)
        if same.any():
            marks[:-1] |= same.view(np.uint8) * np.uint8(ASKS | GUARDED)
        self._spaced(points, marks)
        return np.bitwise_or.reduceat(marks, lines.starts[:-1]), marks

    def _spaced(self, points: NDArray[np.uint32], marks: Hinted) -> None:
        """Mark where a separator parts two Chinese characters, or two spaces part three."""
        kind = _KIND.take(points)
        apart = (kind[1:-1] > _HAN) & (kind[:-2] == _HAN) & (kind[2:] == _HAN)
        if not apart.any():
            return
        twice = apart[:-2] & apart[2:]
        marks[:-1] |= (apart & (kind[1:-1] == _HARD)).view(np.uint8) * np.uint8(ODD)
        marks[:-3] |= twice.view(np.uint8) * np.uint8(ODD)


_NOT, _HAVE_NOT = np.uint32(ord("不")), np.uint32(ord("没"))
_HAN, _SOFT, _HARD = 1, 2, 3
_KIND = np.zeros(0x20000, np.uint8)
_KIND[0x4E00:0xA000] = _HAN
_KIND[[ord(mark) for mark in SEPARATORS]] = _SOFT
_KIND[[ord(mark) for mark in HARD]] = _HARD
