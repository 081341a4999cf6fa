"""Pictures of time and number: pure functions from figures to inline SVG, with words and a table beside each.

No picture has a view box: x is in percent and y in pixels, so that it stretches with its column while words, hatches and
strokes keep their shape, without script. Every text from outside is escaped where it enters.
"""
