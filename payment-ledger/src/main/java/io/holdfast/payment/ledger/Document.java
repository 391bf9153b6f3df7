package io.holdfast.payment.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * What a scenario keeps beside the accounts, in the same transactions: a payment, a loan. A value;
 * what is changed is put with {@link Plan#put}.
 *
 * @param id its name
 * @param account an account that it belongs to; its owner may read the document
 * @param other another one whose owner may read it, in whatever shard
 * @param due when there is something to do about it by itself, see {@link DueWork}
 * @param body the rest
 */
public record Document<T extends Record>(
    DocumentId id, AccountId account, Optional<AccountId> other, Optional<Instant> due, T body) {

  /** New, with nothing to do. */
  public static <T extends Record> Document<T> of(DocumentId id, AccountId account, T body) {
    return new Document<>(id, account, Optional.empty(), Optional.empty(), body);
  }

  /** With another body. */
  public Document<T> with(T changed) {
    return new Document<>(id, account, other, due, changed);
  }

  /** Also to be read by the owner of this account. */
  public Document<T> alsoOf(AccountId counterparty) {
    return new Document<>(id, account, Optional.of(counterparty), due, body);
  }

  /** With something to do then. */
  public Document<T> dueAt(Instant when) {
    return new Document<>(id, account, other, Optional.of(when), body);
  }

  /** With nothing to do by itself. */
  public Document<T> notDue() {
    return new Document<>(id, account, other, Optional.empty(), body);
  }
}
