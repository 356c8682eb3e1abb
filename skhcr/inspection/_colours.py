"""The colours of displays: told apart by people with any kind of colour vision [1].

[1] M. Okabe, K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/
"""

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
AMBER, SKY = "#E69F00", "#56B4E9"

#: Theirs, a little darker.
YELLOW = "#F0C000"

#: As far from black as from white, for what is beside the point on any page.
GREY = "#767676"
