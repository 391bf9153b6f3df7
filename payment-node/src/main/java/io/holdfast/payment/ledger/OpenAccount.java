package io.holdfast.payment.ledger;

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
