package io.holdfast.payment.ledger.audit;

/**
 * One thing that is wrong.
 *
 * @param check which of them failed
 * @param where the database, a shard of it, or the ledger as a whole
 * @param what in words, for people
 */
public record Finding(Check check, String where, String what) {

  @Override
  public String toString() {
    return check + ", " + where + ": " + what;
  }
}
