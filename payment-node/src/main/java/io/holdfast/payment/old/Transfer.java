package io.holdfast.payment.old;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Money;

/**
 * Moves money between two client accounts.
 *
 * @param from who pays
 * @param to who is paid; another account
 * @param amount more than zero
 */
public record Transfer(AccountId from, AccountId to, Money amount) implements Instruction {

  public Transfer {
    if (from.equals(to)) {
      throw new IllegalArgumentException("a transfer needs two different accounts");
    }
    if (amount.minorUnits() == 0) {
      throw new IllegalArgumentException("a transfer moves more than zero");
    }
  }

  @Override
  public AccountId account() {
    return from;
  }

  @Override
  public String canonical() {
    return "TRANSFER " + from + " " + to + " " + amount.minorUnits() + " " + amount.code();
  }
}
