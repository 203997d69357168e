"""The order of characters on a line, by FriBidi (the C library) and by python-bidi.

Orders are compared character by character: a cluster that is read from right to left is taken apart from right to
left. Characters that rule X9 of UAX #9 takes out have no place in the order and are left out on both sides.
"""

import ctypes
import unicodedata

from bidi import get_display

fribidi = ctypes.CDLL("libfribidi.so.0")
LEVEL = ctypes.c_int8
X9 = {"LRE", "RLE", "LRO", "RLO", "PDF", "BN"}


class FriBidi:
    """The levels of one paragraph, and the order of its lines."""

    def __init__(self, text, rtl):
        self.length = len(text)
        chars = (ctypes.c_uint32 * self.length)(*map(ord, text))
        self.types = (ctypes.c_uint32 * self.length)()
        brackets = (ctypes.c_uint32 * self.length)()
        self.base = ctypes.c_uint32(0x111 if rtl else 0x110)  # FRIBIDI_PAR_RTL, FRIBIDI_PAR_LTR
        self._levels = (LEVEL * self.length)()
        fribidi.fribidi_get_bidi_types(chars, self.length, self.types)
        fribidi.fribidi_get_bracket_types(chars, self.length, self.types, brackets)
        if not fribidi.fribidi_get_par_embedding_levels_ex(
            self.types, brackets, self.length, ctypes.byref(self.base), self._levels
        ):
            raise MemoryError("FriBidi")
        self.levels = list(self._levels)

    def line(self, start, end):
        """The characters of a line from left to right, by index, and the levels of the paragraph as that line has
        them."""
        levels = (LEVEL * self.length)(*self.levels)  # FriBidi applies rule L1 to the line in place
        order = (ctypes.c_int * self.length)(*range(self.length))
        fribidi.fribidi_reorder_line(
            0, self.types, end - start, start, self.base, levels, None, order
        )
        return list(order[start:end]), list(levels)


def our_order(line):
    """The characters of our line from left to right, by index."""
    order = []
    for start, end, _, _, rtl in line["edges"]:
        order.extend(reversed(range(start, end)) if rtl else range(start, end))
    return order


def is_placed(char):
    return unicodedata.bidirectional(char) not in X9


def against_fribidi(text, line, oracle):
    ours = [at for at in our_order(line) if is_placed(text[at])]
    theirs = [at for at in oracle.line(line["start"], line["end"])[0] if is_placed(text[at])]
    return None if ours == theirs else (None, f"{show(text, ours)} and {show(text, theirs)}")


def against_python_bidi(text, line, rtl):
    ours = "".join(text[at] for at in our_order(line) if is_placed(text[at]))
    theirs = "".join(filter(is_placed, get_display(text, base_dir="R" if rtl else "L")))
    if ours == theirs:
        return None
    # A tab that parts two words has the level of the paragraph (L1), so that the words change places in a paragraph of
    # the other direction; python-bidi leaves them. The pieces between the tabs must be equal all the same.
    only_tabs = "\t" in text and sorted(ours.split("\t")) == sorted(theirs.split("\t"))
    name = "python-bidi leaves a tab at the level of its neighbours" if only_tabs else None
    return name, f"{ours!r} and {theirs!r}"


def show(text, order):
    return " ".join(f"{at}:{ascii(text[at])[1:-1]}" for at in order)
