package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.ShardMap;
import java.time.LocalDate;

/**
 * One day of one merchant's account. Amounts are minor units. What is to be paid is what was
 * carried before, and captured less refunded less fees; what is not paid is carried on.
 *
 * @param merchant the account
 * @param day in UTC
 * @param currency ISO 4217 code
 * @param takings what the account took
 * @param carriedBefore from the day before
 * @param paid to the merchant's bank, by way of the system account {@code payout}
 * @param charged of fees, also of earlier days, to the system account {@code fees}
 * @param carried to the next day
 * @param unpaidFees that the account had too little for, to the next day
 */
public record Settlement(
    AccountId merchant,
    LocalDate day,
    String currency,
    Takings takings,
    long carriedBefore,
    long paid,
    long charged,
    long carried,
    long unpaidFees) {

  /** Settlements. */
  public static final DocumentKind<Settlement> KIND =
      new DocumentKind<>("settle", Settlement.class, "/settlements");

  /** The name of an account's one of a day. */
  public static DocumentId idOf(AccountId account, LocalDate day, ShardMap map) {
    return DocumentId.derived(KIND, map.shardOf(account), account.value(), day.toString());
  }
}
