"""What is to be seen of an article, and what a reader saw of it.

A mention is a span with its label; a claim is its content as a span with the claim's label; a role is a link with the
role's name from the content to the mention that fills it, or to a span of its own that has the role's name as its label.
This is worked out here from the truth of `corpus`, without a look at what Hashiya does.
"""

from collections import Counter
from dataclasses import dataclass, field

NOTE, UNSEEN = "note", "_is"
FRAGMENT = "FRAGMENT"  # a link from one piece of a discontinuous span to the next, where spans have one piece


@dataclass
class Seen:
    """An article as spans and links; `None` where the reader, or the format, does not tell."""

    text: str | None
    spans: list = field(default_factory=list)  # (label, ((start, end), …)), in code points
    quotes: list | None = None  # the text of each span, as the reader tells it
    links: list | None = None  # (label, span, span)
    attributes: list | None = None  # (name, value, span); notes, and roles that no span fills, by names as below


def remarks(annotation):
    """What is said of an annotation, as (name, text): attributes (of a flag `true`), its note, who fills a role unseen."""
    for name, value in annotation["attributes"].items():
        yield name, str(value[1]) if len(value) > 1 else "true"
    if annotation["note"]:
        yield NOTE, annotation["note"]
    for role, fillers in annotation["roles"].items():
        yield from ((role + UNSEEN, filler) for filler in fillers if filler in ("AUTHOR", "UNNAMED"))


def whole(article, split=False):
    """What is to be seen of an article where nothing but (with `split`) discontinuous spans is lost."""
    spans, places, links, attributes = [], {}, [], []
    for annotation in article["annotations"]:
        place = places[annotation["id"]] = (annotation["label"], tuple(map(tuple, annotation["fragments"])))
        spans.append(place)
        attributes.extend((name, value, place) for name, value in remarks(annotation))
    for annotation in article["annotations"]:
        for role, fillers in annotation["roles"].items():
            for filler in fillers:
                if isinstance(filler, list):
                    spans.append((role, tuple(map(tuple, filler))))
                    links.append((role, places[annotation["id"]], spans[-1]))
                elif filler in places:
                    links.append((role, places[annotation["id"]], places[filler]))
    links.extend((r["label"], places[r["from"]], places[r["to"]]) for r in article["relations"])
    seen = Seen(article["text"], spans, None, links, attributes)
    return in_pieces(seen) if split else seen


def placed(seen, place):
    """The same with spans at other places: `place` gives the new pieces.

    A span without any goes, and with it what hangs on it and what is there only to fill its roles.
    """

    def moved(span):
        return (span[0], tuple(place(span[1])))

    only_filled = Counter(to for role, of, to in seen.links if role == to[0] and not moved(of)[1])
    spans = [moved(span) for span in (Counter(seen.spans) - only_filled).elements()]
    links = [(label, moved(a), moved(b)) for label, a, b in seen.links]
    attributes = [(name, value, moved(of)) for name, value, of in seen.attributes]
    return Seen(
        seen.text,
        [span for span in spans if span[1]],
        None,
        [link for link in links if link[1][1] and link[2][1]],
        [told for told in attributes if told[2][1]],
    )


def in_pieces(seen):
    """The same with a span for each piece of a discontinuous one, linked from one to the next."""

    def first(span):
        return (span[0], span[1][:1])

    pieces = [[(label, (piece,)) for piece in fragments] for label, fragments in seen.spans]
    links = [(label, first(a), first(b)) for label, a, b in seen.links]
    links += [(FRAGMENT, one, other) for whole_span in pieces for one, other in zip(whole_span, whole_span[1:])]
    attributes = [(name, value, first(of)) for name, value, of in seen.attributes]
    return Seen(seen.text, [piece for whole_span in pieces for piece in whole_span], None, links, attributes)


def quote_of(text, fragments, between=" "):
    return between.join(text[start:end] for start, end in fragments)


class Tally:
    """What was compared, and every difference."""

    def __init__(self):
        self.agree, self.differences = Counter(), []

    def differ(self, article, what):
        self.differences.append(f"{article}: {what}")

    def sets(self, article, what, wanted, found):
        """Compares two collections in which the order says nothing."""
        wanted, found = Counter(wanted), Counter(found)
        self.agree[what] += (wanted & found).total()
        for one, count in sorted((wanted - found).items(), key=repr):
            self.differ(article, f"{what}: {count} times not found: {one!r}")
        for one, count in sorted((found - wanted).items(), key=repr):
            self.differ(article, f"{what}: {count} times too many: {one!r}")

    def article(self, name, wanted, found):
        """Compares what is to be seen of an article with what a reader saw, one by one."""
        if wanted.text is not None and found.text is not None:
            if wanted.text == found.text:
                self.agree["texts"] += 1
            else:
                self.differ(name, f"text: {first_difference(wanted.text, found.text)}")
        self.sets(name, "spans", wanted.spans, found.spans)
        if found.quotes is not None:
            self.quotes(name, wanted, found)
        for what in ("links", "attributes"):
            wants, has = getattr(wanted, what), getattr(found, what)
            if wants is not None and has is not None:
                self.sets(name, what, wants, has)

    def quotes(self, name, wanted, found):
        """Compares the text of each span: what the reader makes of it, or what stands there."""
        known = dict(zip(wanted.spans, wanted.quotes, strict=True)) if wanted.quotes else {}
        for span, quote in zip(found.spans, found.quotes, strict=True):
            expected = known.get(span) or quote_of(wanted.text, span[1])
            if expected == quote:
                self.agree["quotes"] += 1
            else:
                self.differ(name, f"quote of {span}: {quote!r}, not {expected!r}")

    def articles(self, wanted, found):
        """Compares all articles: those that are to be seen and those that were, by name."""
        for name in sorted(wanted.keys() - found.keys()):
            self.differ(name, "the article was not found")
        for name in sorted(found.keys() - wanted.keys()):
            self.differ(name, "nobody knows this article")
        for name in sorted(wanted.keys() & found.keys()):
            self.article(name, wanted[name], found[name])

    def __str__(self):
        return ", ".join(f"{count} {what}" for what, count in self.agree.items()) or "nothing"


def first_difference(wanted, found):
    at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
    return f"at {at} {found[at : at + 12]!r}, not {wanted[at : at + 12]!r}"
