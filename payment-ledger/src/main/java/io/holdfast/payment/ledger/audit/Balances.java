package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.audit.Effect.Entry;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The entries of a shard, added up. What was damaged may be any number: nothing overflows here. */
final class Balances {

  private static final class Balance {
    private final String currency;
    private BigInteger sum = BigInteger.ZERO;
    private boolean mixed;

    /** After the latest entry, as it shows it. */
    private BigInteger shown = BigInteger.ZERO;

    Balance(String currency) {
      this.currency = currency;
    }
  }

  private final Notes notes;
  private final String where;
  private final Map<String, Balance> accounts = new HashMap<>();
  private final Map<String, BigInteger> shard = new TreeMap<>();
  private final Map<String, BigInteger> clearing = new TreeMap<>();

  Balances(Notes notes, String where) {
    this.notes = notes;
    this.where = where;
  }

  void add(Effect effect) {
    notes.looked(Check.EFFECT_BALANCE);
    Map<String, BigInteger> sums = new TreeMap<>();
    for (Entry entry : effect.entries()) {
      sums.merge(entry.currency(), BigInteger.valueOf(entry.amount()), BigInteger::add);
      add(entry);
    }
    sums.forEach(
        (currency, sum) -> {
          if (sum.signum() != 0) {
            notes.wrong(
                Check.EFFECT_BALANCE,
                where,
                "the entries of row %d, %s %s, sum to %s %s"
                    .formatted(effect.seq(), effect.type(), effect.key(), sum, currency));
          }
        });
  }

  void add(Entry entry) {
    BigInteger amount = BigInteger.valueOf(entry.amount());
    shard.merge(entry.currency(), amount, BigInteger::add);
    if (entry.isClearing()) {
      clearing.merge(entry.currency(), amount, BigInteger::add);
    }
    Balance balance =
        accounts.computeIfAbsent(entry.account(), account -> new Balance(entry.currency()));
    balance.mixed |= !balance.currency.equals(entry.currency());
    balance.sum = balance.sum.add(amount);
    if (!entry.isSystem()) {
      running(entry, balance, amount);
    }
  }

  /** The one after a wrong one is compared with what that one shows, so each is told by itself. */
  private void running(Entry entry, Balance balance, BigInteger amount) {
    notes.looked(Check.RUNNING_BALANCE);
    Long shows = entry.balance();
    BigInteger right = balance.shown.add(amount);
    if (shows == null || !BigInteger.valueOf(shows).equals(right)) {
      notes.wrong(
          Check.RUNNING_BALANCE,
          where,
          "the entry of %s in row %d shows a balance of %s, not %s"
              .formatted(entry.account(), entry.seq(), shows == null ? "nothing" : shows, right));
    }
    balance.shown = shows == null ? right : BigInteger.valueOf(shows);
  }

  /** Ends with the sums of the shard, and puts those of its clearing accounts to the others. */
  void end(Map<String, BigInteger> clearingOfAll) {
    notes.looked(Check.SHARD_BALANCE, shard.size());
    shard.forEach(
        (currency, sum) -> {
          if (sum.signum() != 0) {
            notes.wrong(Check.SHARD_BALANCE, where, "the entries sum to " + sum + " " + currency);
          }
        });
    clearing.forEach((currency, sum) -> clearingOfAll.merge(currency, sum, BigInteger::add));
  }

  /** The sum of an account's entries; empty if it has none. Each can be taken once. */
  Optional<BigInteger> take(String account, String currency) {
    Balance balance = accounts.remove(account);
    if (balance == null) {
      return Optional.empty();
    }
    if (balance.mixed || !balance.currency.equals(currency)) {
      notes.wrong(
          Check.POSTED, where, account + " is kept in " + currency + " and has entries in another");
    }
    return Optional.of(balance.sum);
  }

  /** Those that nobody took. */
  Iterable<String> rest() {
    return new TreeMap<>(accounts).keySet();
  }
}
