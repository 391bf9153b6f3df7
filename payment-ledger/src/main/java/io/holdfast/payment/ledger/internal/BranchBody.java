package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.internal.Effects.EventRow;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a shard has promised in a transaction that is under way, as it is stored.
 *
 * @param postings those of this shard, without the clearing account
 * @param claims what is put down and removed in this shard if it is committed
 * @param events what is told to owners of accounts of this shard if it is committed
 * @param effects everything else; in the shard that executes only
 * @param held what was held more because of it, by account
 * @param incoming what was promised to come in, by account
 * @param spentOn the day on which it was counted against limits
 */
record BranchBody(
    Head head,
    List<Posting> postings,
    Claims claims,
    List<EventRow> events,
    Optional<Effects> effects,
    Map<String, Long> held,
    Map<String, Long> incoming,
    LocalDate spentOn) {

  /** Whose request it is: what the journal says. */
  record Head(String type, String caller, String scope, String key, String request) {}
}
