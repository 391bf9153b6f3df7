package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.NewAccount;
import io.holdfast.payment.ledger.Refusal;
import java.time.LocalDate;

/** A client account's row. */
record AccountRow(
    String id,
    AccountType type,
    String owner,
    String currency,
    long posted,
    long held,
    long incoming,
    long creditLimit,
    AccountStatus status,
    Limits limits,
    long spent,
    LocalDate spentOn) {

  static AccountRow of(NewAccount opened) {
    return new AccountRow(
        opened.id().value(),
        opened.type(),
        opened.owner(),
        opened.currency(),
        0,
        0,
        0,
        opened.creditLimit(),
        AccountStatus.OPEN,
        opened.limits(),
        0,
        LocalDate.EPOCH);
  }

  Account account(int shard) {
    return new Account(
        new AccountId(id),
        shard,
        type,
        owner,
        currency,
        posted,
        held,
        incoming,
        creditLimit,
        status,
        limits);
  }

  boolean isOverdrawn() {
    return posted - held + creditLimit < 0;
  }

  AccountRow post(long amount) {
    return with(exact(posted, amount), held, incoming);
  }

  AccountRow hold(long amount) {
    return with(posted, exact(held, amount), incoming);
  }

  AccountRow expect(long amount) {
    return with(posted, held, exact(incoming, amount));
  }

  private static long exact(long some, long more) {
    long sum = some + more;
    if (((some ^ sum) & (more ^ sum)) < 0 || Math.abs(sum) > Long.MAX_VALUE / 4) {
      throw Refusal.invalid("balance-too-large", "The balance would no longer fit the ledger.")
          .exception();
    }
    return sum;
  }

  private AccountRow with(long newPosted, long newHeld, long newIncoming) {
    return new AccountRow(
        id,
        type,
        owner,
        currency,
        newPosted,
        newHeld,
        newIncoming,
        creditLimit,
        status,
        limits,
        spent,
        spentOn);
  }

  AccountRow status(AccountStatus other) {
    return new AccountRow(
        id,
        type,
        owner,
        currency,
        posted,
        held,
        incoming,
        creditLimit,
        other,
        limits,
        spent,
        spentOn);
  }

  AccountRow limits(Limits other) {
    return new AccountRow(
        id,
        type,
        owner,
        currency,
        posted,
        held,
        incoming,
        creditLimit,
        status,
        other,
        spent,
        spentOn);
  }

  AccountRow creditLimit(long other) {
    return new AccountRow(
        id, type, owner, currency, posted, held, incoming, other, status, limits, spent, spentOn);
  }

  /** Counts what is paid that day. */
  AccountRow spend(long amount, LocalDate day) {
    // Where a clock is set back, or the next owner's goes behind, the later day goes on.
    LocalDate on = spentOn.isAfter(day) ? spentOn : day;
    long before = spentOn.equals(on) ? spent : 0;
    long after = Math.addExact(before, amount);
    if (after > limits.perDay()) {
      throw Refusal.conflict("limit-per-day", "The account's limit for one day would be exceeded.")
          .exception();
    }
    return new AccountRow(
        id, type, owner, currency, posted, held, incoming, creditLimit, status, limits, after, on);
  }

  /** Takes back what was counted that day. */
  AccountRow unspend(long amount, LocalDate day) {
    return spentOn.equals(day)
        ? new AccountRow(
            id,
            type,
            owner,
            currency,
            posted,
            held,
            incoming,
            creditLimit,
            status,
            limits,
            Math.max(0, spent - amount),
            day)
        : this;
  }
}
