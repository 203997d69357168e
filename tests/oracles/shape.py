"""The glyphs of a line by HarfBuzz (the C library), and how they compare with ours.

The text is cut into runs without asking our engine: by level (FriBidi), by script (UAX #24, common characters take
the script before them) and by face (the first of the stack that has every character of a grapheme). HarfBuzz is given
the text around each run, so that letters join across its ends.
"""

import difflib
import unicodedata

import regex
import uharfbuzz
from fontTools import unicodedata as scripts

SIZE = 20.0
TOLERANCE = 0.05  # points

glyphs_compared = 0
largest_difference = 0.0


class Face:
    def __init__(self, path):
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))
        self.path, self.font, self.units = path, uharfbuzz.Font(face), face.upem

    def draws(self, glyph):
        """Whether there is ink in a glyph; a space and what stands for a control have none."""
        extents = self.font.get_glyph_extents(glyph)
        return glyph != 0 and extents is not None and (extents.width != 0 or extents.height != 0)

    def has(self, char):
        """Whether the face can show a character, if need be by its canonical decomposition, as HarfBuzz does."""
        return any(
            all(self.font.get_nominal_glyph(ord(part)) is not None for part in parts)
            for parts in (char, unicodedata.normalize("NFD", char))
        )


def shows_nothing(char):
    """Whether a face need not have the character: controls, joiners, variation selectors, tags."""
    return unicodedata.category(char) in ("Cf", "Cc") or regex.match(r"\p{Default_Ignorable_Code_Point}", char)


def face_of(grapheme, faces):
    needed = [char for char in grapheme if not shows_nothing(char)] or list(grapheme)
    for index, face in enumerate(faces):
        if all(face.has(char) for char in needed):
            return index
    return None


def runs(text, levels, faces):
    """Runs of one level, script and face, in logical order: (start, end, level, script, face). A tab is one alone."""
    found = []
    script = next((s for s in map(scripts.script, text) if s not in ("Zyyy", "Zinh")), "Zyyy")
    for match in regex.finditer(r"\X", text):
        own = next((s for s in map(scripts.script, match[0]) if s not in ("Zyyy", "Zinh")), None)
        script = own or script
        key = (levels[match.start()], script, face_of(match[0], faces))
        if found and found[-1][2:] == key and match[0] != "\t" and text[found[-1][0]] != "\t":
            found[-1] = (found[-1][0], match.end(), *key)
        else:
            found.append((match.start(), match.end(), *key))
    return found


def shaped(text, run, faces):
    """The glyphs of a run from left to right, (face, number, x), those without ink left out, and its width."""
    start, end, level, script, face = run
    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([ord(char) for char in text], start, end - start)
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.script = script
    uharfbuzz.shape(faces[face].font, buffer)
    scale = SIZE / faces[face].units
    x, glyphs = 0.0, []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions):
        if faces[face].draws(info.codepoint):
            glyphs.append((face, info.codepoint, x + position.x_offset * scale))
        x += position.x_advance * scale
    return glyphs, x


def from_left_to_right(found):
    """Runs in the order of rule L2 of UAX #9: from the highest level down to the lowest odd one, reversed."""
    found = list(found)
    highest = max((run[2] for run in found), default=0)
    for level in range(highest, 0, -1):
        at = 0
        while at < len(found):
            end = at
            while end < len(found) and found[end][2] >= level:
                end += 1
            found[at:end] = reversed(found[at:end])
            at = end + 1
    return found


def compare(text, line, levels, faces):
    """For each run of a paragraph that stands on one line: None, or how its glyphs differ from HarfBuzz's."""
    global glyphs_compared, largest_difference
    found = from_left_to_right(runs(text, levels, faces))
    ours = [tuple(glyph) for glyph in line["glyphs"] if faces[glyph[0]].draws(glyph[1])]
    theirs = []
    x = line["edges"][0][2]
    for run in found:
        glyphs, width = shaped(text, run, faces) if run[4] is not None else ([], 0.0)
        theirs.append([(face, number, x + own) for face, number, own in glyphs])
        x += width
    blocks = difflib.SequenceMatcher(
        None, [glyph[:2] for glyph in ours], [glyph[:2] for glyphs in theirs for glyph in glyphs], autojunk=False
    ).get_matching_blocks()
    extra = len(ours) - sum(length for _, _, length in blocks)
    if extra and all(run[4] is not None for run in found):
        yield None, f"{extra} glyphs of ours are not HarfBuzz's"
    ours_of = {b + n: ours[a + n] for a, b, length in blocks for n in range(length)}
    at, shift = 0, 0.0
    for run, glyphs in zip(found, theirs):
        if text[run[0]] == "\t":
            shift = None  # how wide it is, is not the shaper's business
            continue
        if run[4] is None and not all(map(shows_nothing, text[run[0] : run[1]])):
            shift = None
            yield "no face has the character: a placeholder stands there", repr(text[run[0] : run[1]])
            continue
        pairs = [(ours_of.get(at + n), glyph) for n, glyph in enumerate(glyphs)]
        at += len(glyphs)
        glyphs_compared += len(glyphs)
        part = text[run[0] : run[1]]
        if any(our is None for our, _ in pairs):
            shift = None
            yield None, f"{part!r} ({run[3]}): {[glyph[:2] for glyph in glyphs]} is not in ours"
            continue
        # Behind a run that differs, places are compared with the place of the next run.
        if shift is None and pairs:
            shift = pairs[0][0][2] - pairs[0][1][2]
        apart = max((abs(our[2] - glyph[2] - (shift or 0.0)) for our, glyph in pairs), default=0.0)
        if apart > TOLERANCE:
            shift = None
            yield None, f"{part!r} ({run[3]}): up to {apart:.3f} points apart"
            continue
        largest_difference = max(largest_difference, apart)
        yield None
