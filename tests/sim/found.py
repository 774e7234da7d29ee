"""Where each planted bug showed first, and by what: tried before the other seeds. Any change moves them."""

FOUND = {
    "no dedupe by n": 0,  # platform failed
    "a gap is accepted": 1,  # settled too early
    "settled by the push's answer": 0,  # settled too early
    "422 is dropped without a word": 2,  # refusal not told
    "a refusal blocks its lane": 12,  # wedged
    "no dedupe by id": 9,  # refusal not told
    "the outcome is not stored": 0,  # wedged
    "a refusal is left out of the feed": 2,  # refusal not told
    "another under the same number is taken for a repeat": 36,  # settled too early
    "the nonce is kept after asking": 1,  # a copy of nobody
    "half a transaction": 1,  # shows something else
    "the row underneath is not kept": 2,  # shows something else
    "what is pending is not done again": 2,  # shows something else
    "done again for all but one": 2,  # shows something else
    "forget() drops what is pending": 1,  # shows something else
    "log entries are sealed anew on a retry": 0,  # sums differ
    "the cursor is saved before the data": 9,  # shows something else
    "a page is cut inside a transaction": 0,  # page cut
    "seq > cursor with late commits": 0,  # shows something else
    "pages come into effect one by one": 4,  # outside its scope
    "anew without the floor": 18,  # wedged
    "tombstones are forgotten too early": 1,  # shows something else
    "counting the whole feed for a check": 4,  # outside its scope
    "rows stay when their scope is lost": 4,  # outside its scope
    "backfill without the scope": 0,  # shows something else
    "a village sees its town": 0,  # outside its scope
    "an agency is told nothing of what was before": 1,  # sums differ
    "the log stays when its scope is lost": 22,  # outside its scope
    "a restored platform is not noticed": 22,  # settled too early
    "the log of what cannot be sent is dropped": 13,  # sums differ
    "a check that compares nothing": 0,  # sums differ
    "sums that forget what was replaced": 0,  # sums differ
    "the last writer wins": 3,  # conflict hidden
    "a unit sent twice is nobody's business": 17,  # conflict hidden
    "casualties: the last report counts": 2,  # conflict hidden
    "no watchdog, and a lost answer counts as sent": 1,  # wedged
    "entries come and are not kept": 0,  # sums differ
    "a chain begins again": 40,  # chain broken
    "a copy is not noticed": 36,  # wedged
    "no new dependencies": 79,  # shows something else
    "relay: queued in memory": 2,  # shows something else
    "relay: passed on under an id of its own": 2,  # lost
    "relay: passed on in another order": 11,  # chain broken
    "relay: the log of what it refused stays behind": 2,  # sums differ
    "relay: what is pending is not found again": 2,  # shows something else
    "relay: it believes that it has the last word": 8,  # shows something else
    "relay: a refusal from above stays there": 2,  # refusal not told
    "relay: an agency sent from above is told nothing of what was before": 14,  # sums differ
    "relay: what is gone above stays below": 2,  # feed differs
    "relay: what can never go up is undone without a word": 2,  # lost
    "relay: readings are put where nobody sees them": 35,  # diverged
    "relay: passed down after it was taken in": 8,  # feed differs
}
