"""Where each planted bug showed first, and by what: tried before the other seeds. Any change moves them."""

FOUND = {
    "no dedupe by n": 0,  # platform failed
    "a gap is accepted": 0,  # settled too early
    "settled by the push's answer": 0,  # sums differ
    "422 is dropped without a word": 0,  # lost
    "a refusal blocks its lane": 0,  # wedged
    "no dedupe by id": 3,  # refusal not told
    "the outcome is not stored": 0,  # settled too early
    "a refusal is left out of the feed": 5,  # lost
    "another under the same number is taken for a repeat": 3,  # settled too early
    "the nonce is kept after asking": 1,  # a copy of nobody
    "half a transaction": 1,  # shows something else
    "the row underneath is not kept": 1,  # shows something else
    "what is pending is not done again": 1,  # shows something else
    "done again for all but one": 1,  # shows something else
    "forget() drops what is pending": 1,  # shows something else
    "log entries are sealed anew on a retry": 0,  # sums differ
    "the cursor is saved before the data": 27,  # sums differ
    "a page is cut inside a transaction": 0,  # page cut
    "seq > cursor with late commits": 0,  # shows something else
    "pages come into effect one by one": 10,  # outside its scope
    "anew without the floor": 29,  # wedged
    "tombstones are forgotten too early": 3,  # shows something else
    "counting the whole feed for a check": 0,  # outside its scope
    "rows stay when their scope is lost": 0,  # outside its scope
    "backfill without the scope": 0,  # shows something else
    "a village sees its town": 0,  # shows something else
    "an agency is told nothing of what was before": 1,  # sums differ
    "the log stays when its scope is lost": 3,  # outside its scope
    "a restored platform is not noticed": 44,  # settled too early
    "the log of what cannot be sent is dropped": 0,  # sums differ
    "a check that compares nothing": 0,  # sums differ
    "sums that forget what was replaced": 0,  # sums differ
    "the last writer wins": 7,  # conflict hidden
    "a unit sent twice is nobody's business": 6,  # conflict hidden
    "casualties: the last report counts": 5,  # conflict hidden
    "no watchdog, and a lost answer counts as sent": 0,  # wedged
    "entries come and are not kept": 0,  # sums differ
    "a chain begins again": 75,  # chain broken
    "a copy is not noticed": 3,  # wedged
    "no new dependencies": 79,  # shows something else
    "relay: queued in memory": 5,  # shows something else
    "relay: passed on under an id of its own": 2,  # lost
    "relay: passed on in another order": 11,  # chain broken
    "relay: the log of what it refused stays behind": 5,  # sums differ
    "relay: what is pending is not found again": 2,  # shows something else
    "relay: it believes that it has the last word": 2,  # shows something else
    "relay: a refusal from above stays there": 2,  # lost
    "relay: an agency sent from above is told nothing of what was before": 2,  # sums differ
    "relay: what is gone above stays below": 2,  # feed differs
    "relay: what can never go up is undone without a word": 2,  # lost
    "relay: readings are put where nobody sees them": 17,  # feed differs
    "relay: passed down after it was taken in": 2,  # feed differs
}
