"""Where each planted bug showed first, and by what: tried before the other seeds. Any change moves them."""

FOUND = {
    "no dedupe by n": 0,  # platform failed
    "a gap is accepted": 1,  # settled too early
    "settled by the push's answer": 0,  # settled too early
    "422 is dropped without a word": 1,  # lost
    "a refusal blocks its lane": 1,  # wedged
    "no dedupe by id": 5,  # doubled
    "the outcome is not stored": 0,  # wedged
    "a refusal is left out of the feed": 1,  # refusal not told
    "another under the same number is taken for a repeat": 36,  # settled too early
    "the nonce is kept after asking": 5,  # a copy of nobody
    "half a transaction": 1,  # shows something else
    "the row underneath is not kept": 1,  # sums differ
    "what is pending is not done again": 2,  # shows something else
    "done again for all but one": 2,  # shows something else
    "two desks give one number and both keep it": 6,  # one code for two
    "a number is not what an operation is about": 6,  # shows something else
    "forget() drops what is pending": 1,  # shows something else
    "log entries are sealed anew on a retry": 0,  # sums differ
    "the cursor is saved before the data": 24,  # shows something else
    "a page is cut inside a transaction": 0,  # page cut
    "a shared page to one with outcomes in it": 0,  # wedged
    "seq > cursor with late commits": 1,  # shows something else
    "pages come into effect one by one": 1,  # outside its scope
    "anew without the floor": 80,  # wedged
    "tombstones are forgotten too early": 6,  # sums differ
    "counting the whole feed for a check": 1,  # outside its scope
    "rows stay when their scope is lost": 1,  # outside its scope
    "backfill without the scope": 0,  # shows something else
    "a village sees its town": 0,  # shows something else
    "an agency is told nothing of what was before": 1,  # sums differ
    "the log stays when its scope is lost": 16,  # outside its scope
    "a restored platform is not noticed": 1,  # settled too early
    "the log of what cannot be sent is dropped": 1,  # log lost
    "a check that compares nothing": 0,  # sums differ
    "sums that forget what was replaced": 0,  # sums differ
    "the last writer wins": 3,  # conflict hidden
    "a unit sent twice is nobody's business": 14,  # conflict hidden
    "casualties: the last report counts": 1,  # conflict hidden
    "no watchdog, and a lost answer counts as sent": 1,  # wedged
    "entries come and are not kept": 1,  # sums differ
    "a chain begins again": 41,  # chain broken
    "a copy is not noticed": 36,  # wedged
    "no new dependencies": 344,  # shows something else
    "relay: queued in memory": 17,  # shows something else
    "relay: passed on under an id of its own": 2,  # failed
    "relay: passed on in another order": 11,  # chain broken
    "relay: the log of what it refused stays behind": 5,  # sums differ
    "relay: what is pending is not found again": 2,  # shows something else
    "relay: it believes that it has the last word": 17,  # shows something else
    "relay: a refusal from above stays there": 38,  # refusal not told
    "relay: an agency sent from above is told nothing of what was before": 2,  # sums differ
    "relay: what is gone above stays below": 80,  # feed differs
    "relay: what can never go up is undone without a word": 80,  # lost
    "relay: readings are put where nobody sees them": 65,  # feed differs
    "relay: passed down after it was taken in": 29,  # sums differ
}
