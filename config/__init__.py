"""What puts the rooms together: settings, addresses, processes, and the demonstration organisation."""

import gc

# What a process loads stays, and a push of figures allocates a hundred thousand small objects that are freed by count:
# looking through all of it again and again on the way took an eighth of each start, and a third of a push.
gc.set_threshold(50_000, 20, 20)
