package io.holdfast.payment.old;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Money;

/**
 * Opens a client account.
 *
 * @param account its name
 * @param openingBalance what it starts with, booked against the shard's equity; may be zero
 */
public record OpenAccount(AccountId account, Money openingBalance) implements Instruction {

  @Override
  public String canonical() {
    return "OPENING " + account + " " + openingBalance.minorUnits() + " " + openingBalance.code();
  }
}
