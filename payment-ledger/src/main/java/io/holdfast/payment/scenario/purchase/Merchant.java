package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.ShardMap;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * A merchant's account as far as it is settled; one for each account, in the account's shard.
 * Amounts are minor units of the account's currency.
 *
 * @param fees agreed
 * @param nextDay the day in UTC that is settled next
 * @param through the latest entry of the account that was settled, by its number in the shard's
 *     journal
 * @param carried what is still to be paid out, or less than zero: what later captures make good
 * @param unpaidFees charged in the books of the merchant, and not yet taken from the account
 */
public record Merchant(
    FeeTerms fees, LocalDate nextDay, long through, long carried, long unpaidFees) {

  /** Merchants. */
  public static final DocumentKind<Merchant> KIND =
      new DocumentKind<>("merchant", Merchant.class, "/merchants");

  /** The name of an account's one. */
  public static DocumentId idOf(AccountId account, ShardMap map) {
    return DocumentId.derived(KIND, map.shardOf(account), account.value());
  }

  /** When a day is over everywhere in this ledger. */
  static Instant endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  Merchant fees(FeeTerms changed) {
    return new Merchant(changed, nextDay, through, carried, unpaidFees);
  }
}
