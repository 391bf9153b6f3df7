package io.holdfast.transaction;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Entry;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.TransactionInspection.Ending;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How one operator wants a transaction to end. Nothing is done about it before another operator has
 * confirmed it, see {@link TransactionInspection#confirm}.
 *
 * @param key where it stands; the name is never used again
 * @param transaction which
 * @param ending how it is to end
 * @param by who has proposed it
 * @param reason why
 * @param at when, by the clock of whoever proposed it
 * @param expires from when it cannot be confirmed any more
 * @param onWordAlone whether the operators decide, because no decision is known and none may be
 *     presumed
 * @param places the participants where a branch waited
 */
public record ProposedResolution(
    Key key,
    TransactionId transaction,
    Ending ending,
    OperatorIdentity by,
    String reason,
    Instant at,
    Instant expires,
    boolean onWordAlone,
    Set<String> places) {

  /** How long it can be confirmed. */
  public static final Duration VALID = Duration.ofHours(24);

  /** Below it is nothing else. */
  static final Key DIRECTORY = Key.of("txn", "proposals");

  private static final int LONGEST_REASON = 400;

  public ProposedResolution {
    places = Set.copyOf(places);
    reason = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
  }

  static ProposedResolution of(
      Key key,
      PendingTransaction pending,
      Ending ending,
      OperatorIdentity by,
      String reason,
      Instant now) {
    return new ProposedResolution(
        key,
        pending.id(),
        ending,
        by,
        reason,
        now,
        now.plus(VALID),
        !pending.presumesAbort(),
        places(pending));
  }

  private static Set<String> places(PendingTransaction pending) {
    Set<String> places = new TreeSet<>();
    pending.prepared().stream().map(PreparedBranch::participant).forEach(places::add);
    return places;
  }

  /** True until it expires. */
  public boolean isInForce(Instant now) {
    return now.isBefore(expires);
  }

  /**
   * Why this operator may not confirm it; empty if nothing speaks against it.
   *
   * @param who would confirm it
   * @param now the time
   */
  public Optional<String> refusal(OperatorIdentity who, Instant now) {
    if (!isInForce(now)) {
      return Optional.of("the proposal of " + by + " has expired at " + expires);
    }
    if (by.voucher() != who.voucher()) {
      return Optional.of(
          by
              + " has proposed it, and "
              + who
              + " could be the same person: both must be vouched for in the same way");
    }
    return by.name().equals(who.name())
        ? Optional.of(by + " has proposed it: another operator has to confirm it")
        : Optional.empty();
  }

  /** Why it does not fit the transaction as that stands now. */
  Optional<String> outdated(PendingTransaction pending) {
    if (!pending.presumesAbort() && !onWordAlone) {
      return Optional.of(
          "since it was proposed, "
              + pending.note()
              + ": it would be decided on your word alone. Withdraw the proposal, and propose it"
              + " anew");
    }
    Set<String> more = new TreeSet<>(places(pending));
    more.removeAll(places);
    return more.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the proposal does not speak of the branches at "
                + more
                + ": withdraw it, and propose it anew");
  }

  Payload encode(Owner process) {
    return process
        .since(at)
        .with(
            Map.of(
                "transaction", transaction.toString(),
                "ending", ending.name(),
                "operator", by.name(),
                "voucher", by.voucher().name(),
                "reason", reason,
                "expires", expires.toString(),
                "word", Boolean.toString(onWordAlone),
                "places", String.join(" ", new TreeSet<>(places))))
        .encode();
  }

  /** Empty if the entry is none of this version. */
  static Optional<ProposedResolution> decode(Entry entry) {
    return Owner.decode(entry.payload()).flatMap(owner -> decode(entry.key(), owner));
  }

  private static Optional<ProposedResolution> decode(Key key, Owner owner) {
    Map<String, String> fields = owner.attributes();
    try {
      return TransactionId.parse(fields.getOrDefault("transaction", ""))
          .map(
              id ->
                  new ProposedResolution(
                      key,
                      id,
                      Ending.valueOf(fields.getOrDefault("ending", "")),
                      new OperatorIdentity(
                          fields.getOrDefault("operator", ""),
                          OperatorIdentity.Voucher.valueOf(fields.getOrDefault("voucher", ""))),
                      fields.getOrDefault("reason", ""),
                      owner.since(),
                      Instant.parse(fields.getOrDefault("expires", "")),
                      Boolean.parseBoolean(fields.get("word")),
                      Set.of(fields.getOrDefault("places", "").split(" ", -1))));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
